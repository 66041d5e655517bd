// A site's settings come in, its tracker goes out: one callable that never throws into the page.
import { type Options, configure, site, stored } from './config';
import type { Consent } from './consent';
import type { PropsOf } from './events';
import { hear, heard } from './heard';
import { keep, unlock } from './journal';
import type { Shown, Told } from './act/shown';
import { load } from './lazy';
import type { Notice } from './moments/types';
import type { Config } from './more/law';
import { answer, dwell, followStorage, identify, meet, reset, save, who } from './person';
import { items } from './queue';
import { guard, lost, problems } from './report';
import { type Props, type Recorded, tell, track } from './track';
import { flush, leaving } from './transport';
import { catchUp, moved, navigated, view } from './views';

/** What `on` hands over. */
export interface HeardMap {
  event: Recorded;
  moment: Notice;
  config: Config;
}
export type HeardOf<Name extends string> = Name extends keyof HeardMap ? HeardMap[Name] : any;

export interface Hetk {
  <Name extends string>(call: 'track', event: Name, props?: PropsOf<Name>): void;
  (call: 'page', props?: Props): void;
  (call: 'identify', user: string, traits?: Props): void;
  (call: 'search', query: string, props?: Props): void;
  (call: 'consent', answer: Consent): void;
  <Name extends string>(call: 'on' | 'off', name: Name, handler: (value: HeardOf<Name>) => void): void;
  /** Without a place: looks for slots that the page has added. */
  (call: 'decide', place?: string, handler?: (shown: Shown) => void): void;
  (call: 'context', said: Told): void;
  (call: 'emit', name: string, value: unknown): void;
  (call: 'reset' | 'flush' | 'debug' | 'listen'): void;
  (call: 'capture', what: string): void;
}

/** The calls a page may make; the lazy file adds its own. */
export const calls: Record<string, (...args: any[]) => unknown> = {
  track(event, props) {
    catchUp();
    track(event, props);
  },
  page: view,
  search: (query, props) => calls.track('search', { query, ...props }),
  identify,
  consent: said => answer(said) && track('consent_changed'),
  reset,
  flush,
  listen() {
    for (const type in table) addEventListener(type, handle, true);
    if (stored) load();
  },
};

/** What the second file works with. */
export const core = [calls, track, heard, guard, lost, keep, navigated, followStorage, () => [site, who, items, problems, moved] as const, dwell] as const;
export type Core = typeof core;

const leave = (): void => {
  save();
  tell();
  flush(leaving);
};

/** What happens without the core having a part in it is for the second file. */
const table: Record<string, ((e: any) => void) | null> = {
  click: null,
  submit: null,
  prerenderingchange: null,
  online: flush,
  storage: followStorage,
  visibilitychange: leave, // hidden, perhaps for good; when it is shown again it costs nothing
  pagehide() {
    leave();
    unlock(); // a held lock would keep the page out of the back/forward cache
  },
  pageshow: e => e.persisted && view(),
};
const handle = guard((e: Event) => {
  calls.start();
  if (!stored) return;
  // The path is gone once the event is over; it sees into shadow roots, where `target` is only the host.
  hear(e.type, e, e.composedPath());
  table[e.type]?.(e);
});

/** The tracker of a page. A page has one per script; `waiting` are calls made before it came. */
export function createHetk(options: Options, waiting: ArrayLike<any>[] = []): Hetk {
  const hetk = guard((name: string, ...args: any[]) => (site ? (calls[name] ? calls[name](...args) : hear(name, ...args)) : waiting.push([name, ...args])));
  const start = (calls.start = guard(() => {
    // A page that is only prerendered has no reader yet.
    if (stored || (document as any).prerendering) return;
    configure(options);
    meet();
    (window as any).navigation?.addEventListener('currententrychange', navigated);
    view();
    for (const args of waiting) (hetk as any)(...(args as any));
    calls.listen();
  }));
  setTimeout(start); // a task of its own: the first access to storage waits for another process
  calls.listen(); // who leaves before that task was here all the same
  return hetk as unknown as Hetk;
}
