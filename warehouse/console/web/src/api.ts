// Figures from the server, as JSON; the browser keeps them by their tag.
import { useEffect, useState } from 'preact/hooks';
import { signedOut, type Me } from './me';
import { BASE, shared } from './state';
import { inWords } from './errors';

export interface Tile {
  ask: string;
  filter: string | null;
  sql: string;
  columns: string[];
  rows: unknown[][];
  error?: string;
}
export interface Change {
  key: string;
  tile: string;
  words: Record<string, string | number | null>;
}
export interface Page {
  tiles: Record<string, Tile>;
  changes?: Change[];
  view: { site: string; first: string; last: string; grain: 'minutes' | 'hour' | 'day' | 'week'; before: string };
}
export interface Site {
  name: string;
}
/** `me` null: sign in first; `new`: nobody can yet. */
export interface Start {
  me: Me | null;
  new?: boolean;
  sites?: Site[];
}

export type Row = Record<string, any>;

export const rows = (tile: Tile | undefined): Row[] =>
  (tile?.rows ?? []).map((row) => Object.fromEntries(tile!.columns.map((name, i) => [name, row[i]])));

export async function get<T>(path: string, query?: URLSearchParams): Promise<T> {
  return read<T>(path, await fetch(`${BASE}api/${path}${query ? `?${query}` : ''}`));
}

async function read<T>(path: string, answer: Response): Promise<T> {
  const body = await answer.json().catch(() => ({ error: `${answer.status} ${answer.statusText}` }));
  if (answer.status === 401 && path !== 'login') signedOut();
  if (!answer.ok) throw new Error(await inWords(body.error));
  return body;
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  return read<T>(path, await fetch(`${BASE}api/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }));
}

/** The answer as a file of the reader's. */
export async function download(path: string, body: unknown, name: string): Promise<void> {
  const answer = await fetch(`${BASE}api/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) await read(path, answer);
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(await answer.blob());
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}

/** Of a query. */
export interface Answer {
  columns: string[];
  types: string[];
  rows: unknown[][];
  more: boolean;
  ms: number;
  hidden?: string[];
}

export interface Asked<T> {
  answer?: T;
  error?: string;
  loading: boolean;
}

/** Asks again when the question or `turn` changes, and every `every` ms while the page is looked at. */
export function useGet<T>(path: string, query: URLSearchParams, every = 0, turn = 0): Asked<T> {
  const [state, set] = useState<Asked<T>>({ loading: true });
  const text = query.toString();
  useEffect(() => {
    let gone = false;
    const ask = () =>
      get<T>(path, new URLSearchParams(text)).then(
        (answer) => gone || set({ answer, loading: false }),
        (error: Error) => gone || set((before) => ({ ...before, error: error.message, loading: false })),
      );
    set((before) => ({ ...before, loading: true }));
    void ask();
    const timer = every ? setInterval(() => document.visibilityState === 'visible' && ask(), every) : 0;
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [path, text, every, turn]);
  return state;
}

const RENEW_MS = 15_000;

/** `more`: what these tiles are asked for beside site, days and filters. */
export function usePage(names: string[], query: URLSearchParams, more: Record<string, string> = {}): Asked<Page> {
  const asked = shared(query);
  for (const [name, value] of Object.entries(more)) asked.set(name, value);
  asked.set('names', names.join(','));
  return useGet<Page>('tiles', asked, RENEW_MS);
}

export interface Moment {
  moment_id: string;
  session_id: string;
  intent: string;
  topic: string | null;
  state: string;
  confidence: number;
  at_ms: number;
}
export interface Now {
  at_ms: number;
  newest_ms: number;
  error?: string;
  now: null | {
    people: number;
    open: Record<string, number>;
    searches: { query: string; intent: string | null; results: number | null; at_ms: number }[];
    ticker: Moment[];
  };
}

/** The live figures, and whether the stream is connected. */
export function useNow(site: string): [Now | undefined, boolean] {
  const [now, set] = useState<Now>();
  const [live, setLive] = useState(false);
  useEffect(() => {
    set(undefined);
    const source = new EventSource(`${BASE}api/live?site=${encodeURIComponent(site)}`);
    source.onmessage = (event) => {
      performance.mark('live-start');
      set(JSON.parse(event.data));
      setLive(true);
    };
    source.onerror = () => {
      setLive(false);
      if (source.readyState === EventSource.CLOSED) signedOut();
    };
    return () => source.close();
  }, [site]);
  return [now, live];
}
