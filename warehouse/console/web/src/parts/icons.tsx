// One family of line icons: 24 x 24, 2 px, round.
const PATHS: Record<string, string> = {
  know: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm4.8-1.7L20 20',
  go: 'M12 21c4-4.6 6.5-7.8 6.5-11a6.5 6.5 0 0 0-13 0c0 3.2 2.5 6.4 6.5 11Zm0-8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  do: 'M13.5 6.5 17.5 10.5M15.5 4.5l4 4-3 2.5-3.5-3.5ZM13.5 10.5 5 19l-1.5 1.5',
  buy: 'M5.5 8h13l1 12.5h-15ZM8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5',
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  up: 'M6 14.5l6-6 6 6',
};

export function Icon({ name, size = 18 }: { name: string; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true" class="mark">
      <circle cx="12" cy="12" r="10" />
      <path d="M12 12V5.5" />
      <circle cx="12" cy="12.5" r="2.2" />
    </svg>
  );
}
