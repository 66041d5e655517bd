// The site's stores and where the person is come in; the nearest one that is open, for conditions and texts, goes out. The position
// stays in the memory of the page: it is in no request, no row and nothing that is kept. Fetched only where there are stores.
import type { Core } from '../hetk';

/** One of /v1/stores (warehouse/act/stores.py). */
export interface Store {
  id: string;
  name: string;
  lat: number;
  lon: number;
  zone: string;
  /** Per day of the week, Sunday first: [from, to] in minutes; past midnight `to` is above 1440. */
  open: [number, number][][];
  /** Days it stays closed, 2026-12-24. */
  closed?: string[];
  url?: string;
}

export interface Position {
  lat: number;
  lon: number;
}

const dayMinutes = 1440;
const earthMetres = 6_371_000;

export const metres = (a: Position, b: Position): number => {
  const rad = (degrees: number): number => (degrees * Math.PI) / 180;
  const h = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * earthMetres * Math.asin(Math.min(1, Math.sqrt(h)));
};

/** When it closes, in minutes of its own day; nothing while it is closed. */
export function openUntil({ zone, open, closed = [] }: Store, now: number): number | undefined {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(now);
  const of = (type: string): number => +parts.find(one => one.type == type)!.value;
  const midnight = Date.UTC(of('year'), of('month') - 1, of('day'));
  const minute = of('hour') * 60 + of('minute');
  // Today, and what began yesterday and goes on past midnight.
  for (const ago of [0, 1]) {
    const day = new Date(midnight - ago * 86_400_000);
    if (closed.includes(day.toISOString().slice(0, 10))) continue;
    const at = minute + ago * dayMinutes;
    const span = open[day.getUTCDay()].find(([from, to]) => from <= at && at < to);
    if (span) return span[1] % dayMinutes;
  }
  return;
}

export interface Found {
  store: Store;
  away: number;
  until: number;
}

export function nearest(stores: Store[], here: Position, now: number): Found | undefined {
  // Hours are looked at from the nearest on: each look costs more than a distance.
  for (const { store, away } of stores.map(store => ({ store, away: metres(here, store) })).sort((a, b) => a.away - b.away)) {
    const until = openUntil(store, now);
    if (until != null) return { store, away, until };
  }
  return;
}

const two = (n: number): string => ('' + n).padStart(2, '0');

/** In the words of the page: "650 m", "3.4 km". */
export function distance(away: number, lang: string): string {
  const [unit, value] = away < 1000 ? ['meter', Math.round(away / 10) * 10] : ['kilometer', away / 1000];
  return new Intl.NumberFormat(lang || undefined, { style: 'unit', unit, maximumFractionDigits: value < 10 ? 1 : 0 } as object).format(value as number);
}

/** What `hetk('context', { position })` says is looked up when something is decided, so that a store that has closed since is none. */
export async function start(known: Record<string, any>, version: string, [calls, , , , , , , , state]: Core): Promise<void> {
  const [{ host, key }] = state();
  let asking: Promise<void> | undefined;
  let stores: Store[] = [];
  let last: [Position, Store[], number, Found | undefined] | undefined; // a decision looks three times
  const find = (): Found | undefined => {
    const { position } = known;
    const minute = Math.floor(Date.now() / 60_000);
    if (!position) return;
    if (last?.[0] != position || last?.[1] != stores || last?.[2] != minute) last = [position, stores, minute, nearest(stores, position, minute * 60_000)];
    return last![3];
  };
  const told: Record<string, () => unknown> = {
    distance: () => {
      const away = find()?.away;
      return away == null ? undefined : Math.round(away);
    },
    near: () => {
      const found = find();
      const lang = document.documentElement.lang;
      return found && { store: found.store.name, distance: distance(found.away, lang), until: `${two(Math.floor(found.until / 60))}:${two(found.until % 60)}` };
    },
  };
  // What the page says itself wins.
  for (const name in told)
    if (known[name] == null)
      Object.defineProperty(known, name, { enumerable: true, configurable: true, get: told[name], set: value => Object.defineProperty(known, name, { value, writable: true }) });
  const locate = (): Promise<void> | undefined =>
    known.position && (asking ||= fetch(`${host}/v1/stores?key=${key}&v=${version}`, { credentials: 'omit' })
      .then(answer => answer.json())
      .then(found => void (stores = found.stores))
      .catch(() => void (asking = undefined)));
  const { context } = calls;
  calls.context = said => {
    context(said);
    if (said?.position) locate()?.then(() => calls.decide());
  };
  await locate();
}
