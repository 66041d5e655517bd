// An element of the page and words come in; a way to put the words there, and the default back, goes out.
import { said } from './said';
import type { Shown } from './shown';

/** Nothing when they need more height than the default: the page would move. An element with `data-hetk-overlay` lies above it. */
export function room(slot: HTMLElement, { title, body, button, url, lang, clicked, why }: Shown, dismissed: () => void): { show(): void; back(): void } | undefined {
  const { offsetHeight, hidden, dataset } = slot;
  const before = [...slot.childNodes];
  const [whyThis, close] = said(lang);
  const make = (tag: string, textContent?: string, more?: object): any => (textContent ? [Object.assign(document.createElement(tag), { textContent }, more)] : []);
  const nodes = [
    ...make('strong', title),
    ...make('p', body),
    ...make('a', button, { href: url || '#', onclick: clicked }),
    ...make('button', '×', { className: 'hetk-close', type: 'button', ariaLabel: close, onclick: dismissed }),
    ...make('button', whyThis, { className: 'hetk-why', type: 'button', onclick: () => why!(back) }),
  ];
  const put = (what: Node[], off: any): void => {
    slot.hidden = off;
    slot.classList.toggle('hetk-act', what == nodes);
    slot.replaceChildren(...what);
  };
  const show = (): void => put(nodes, false);
  const back = (): void => put(before, hidden);
  show();
  const fits = dataset.hetkOverlay != null || slot.offsetHeight <= offsetHeight; // measured before anything is painted
  back();
  return fits ? { show, back } : undefined;
}
