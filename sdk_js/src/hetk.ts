// A site's settings come in, its tracker goes out: one callable that never throws into the page.
import { clicked } from './capture/clicks';
import { look, report, scrolled } from './capture/engagement';
import { submitted } from './capture/forms';
import { followRouters, navigated, view } from './capture/views';
import { type Options, configure, site, stored } from './config';
import type { Consent } from './consent';
import { unlock } from './journal';
import { more } from './lazy';
import { answer, followStorage, identify, meet, reset, save, who } from './person';
import { items } from './queue';
import { guard, lost, problems } from './report';
import { type Props, type Recorded, flush, past, refused, track } from './track';
import { leaving } from './transport';

export interface Hetk {
  (call: 'track', event: string, props?: Props): void;
  (call: 'page', props?: Props): void;
  (call: 'identify', user: string, traits?: Props): void;
  (call: 'search', query: string, props?: Props): void;
  (call: 'consent', answer: Consent): void;
  (call: 'on' | 'off', name: 'event', handler: (e: Recorded) => void): void;
  (call: 'on' | 'off', name: string, handler: (value: any) => void): void;
  (call: 'emit', name: string, value: unknown): void;
  (call: 'reset' | 'flush' | 'debug' | 'listen'): void;
  (call: 'capture', what: string): void;
}

/** The calls a page may make; the lazy file adds its own. */
export const calls: Record<string, (...args: any[]) => unknown> = {
  track,
  page: view,
  search: (query, props) => track('search', { query, ...props }),
  identify,
  consent: said => answer(said) && track('consent_changed'),
  reset,
  flush,
  listen: () => {
    for (const type in table) addEventListener(type, handle, true);
  },
};

/** What the lazy file works with. */
export const core = [calls, past, guard, lost, () => [site, who, items, problems, refused] as const] as const;
export type Core = typeof core;

const leave = (): void => {
  report();
  save();
  flush(leaving);
};

const table: Record<string, (e: any) => void> = {
  click: clicked,
  auxclick: clicked,
  submit: submitted,
  scroll: scrolled,
  popstate: navigated,
  online: flush,
  storage: followStorage,
  visibilitychange: () => (document.hidden ? leave() : look()),
  pagehide() {
    leave();
    unlock(); // a held lock would keep the page out of the back/forward cache
  },
  pageshow: e => e.persisted && view(),
  prerenderingchange: look,
};
const handle = guard((e: Event) => {
  calls.start();
  if (stored) table[e.type](e);
});

/** The tracker of a page. A page has one per script; `waiting` are calls made before it came. */
export function createHetk(options: Options, waiting: ArrayLike<any>[] = []): Hetk {
  const hetk = guard((name: string, ...args: any[]) => (site ? (calls[name] ? calls[name](...args) : more(name, ...args)) : waiting.push([name, ...args])));
  const start = (calls.start = guard(() => {
    // A page that is only prerendered has no reader yet.
    if (stored || (document as any).prerendering) return;
    configure(options);
    meet();
    look();
    followRouters();
    view();
    for (const args of waiting) (hetk as any)(...(args as any));
    if (site.capture || site.consent == 'auto') more('capture', site.capture);
  }));
  setTimeout(start); // a task of its own: the first access to storage waits for another process
  calls.listen(); // who leaves before that task was here all the same
  return hetk as unknown as Hetk;
}
