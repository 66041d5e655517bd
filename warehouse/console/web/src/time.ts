// The steps of a time axis, empty ones too, and where a row's step lies among them.
import type { Page } from './api';
import { utc } from './words';

const MS = { minutes: 600_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

export function buckets(view: Page['view'], found: string[]) {
  const step = MS[view.grain];
  let first = +utc(view.first);
  const end = +utc(view.last) + MS.day;
  if (view.grain === 'week') first -= ((new Date(first).getUTCDay() + 6) % 7) * MS.day;
  const last = Math.min(end - 1, Math.max(Date.now(), ...found.map((text) => +utc(text))));
  // A site that began in these days has no long empty stretch before it.
  const born = found.length ? Math.min(...found.map((text) => +utc(text))) : first;
  const start = born - first > (end - first) / 3 ? Math.max(first, Math.min(born, Math.floor(last / step) * step - 17 * step) - step) : first;
  const times = Array.from({ length: Math.max(1, Math.floor((last - start) / step) + 1) }, (_, i) => new Date(start + i * step));
  const index = new Map(times.map((time, i) => [+time, i]));
  const shift = +utc(view.first) - +utc(view.before);
  const place = (text: string, by: number) => index.get(Math.floor((+utc(text) + by - start) / step) * step + start);
  return { times, place, shift };
}
