// The core comes in, and what it heard so far; from then on pages are read, clicks understood, and on, off, debug, capture known.
import { attend, answers, answerPaths } from '../capture/engagement';
import { clicked } from '../capture/clicks';
import { followRouters } from '../capture/routers';
import { submitted } from '../capture/forms';
import { watchVideos } from '../capture/video';
import { batchDelayMs, recordedMax } from '../config';
import type { Core } from '../hetk';
import { fetched } from '../moments/fetched';
import type { Who } from '../person';
import type { Item } from '../queue';
import type { Props, Recorded } from '../track';
import { clean } from './clean';
import { ask, insist } from './config';
import { watchFrustration } from './frustration';
import { type Config, asksFirst, zone } from './law';
import { follow } from './page';
import { sweep } from './sweep';
import { watchVitals } from './vitals';

/** [path, integrity] of the moments and of what decides on the page, put here by the build. */
declare const HETK_MOMENTS: [string, string];
declare const HETK_ACT: [string, string];

/** Gives the core of a page its further calls and ears. */
export function start(core: Core): unknown {
  const [calls, track, heard, guard, lost, keep, navigated, followStorage, state, dwell] = core;
  if (calls.on) return calls.attach(); // the document was written anew: listeners on the old one are gone
  const [site] = state(); // the others are made anew as time goes by
  let handlers: [string, Function][] = [];
  let moments: unknown;
  let act: Promise<((place?: string, fn?: Function) => void) | undefined> | undefined;
  const told = {}; // about the page, by `hetk('context', ...)`
  let captured: unknown;
  let config: Config | undefined;
  let alive: (() => void) | undefined;
  let vitals: (() => void) | undefined;
  const recorded: Recorded[] = [];
  const waited: Item[] = []; // the same as they were queued
  const address = `${site.host}/v1/config?key=${site.key}`;
  let answer: Promise<Config | undefined> | undefined;
  const asked = (): Promise<Config | undefined> => (answer ||= ask(address));
  const agreed = (): Who | undefined => (state()[1].visitor ? state()[1] : undefined);
  const on = (type: string, fn: Function): unknown => handlers.push([type, fn]);
  const emit = (type: string, value: unknown): void => handlers.forEach(([t, fn]) => t == type && guard(fn as any)(value));

  const page = follow(track, guard, (type, e) => {
    // The first batch waits for this file, but not for long.
    e.seq || setTimeout(calls.flush, batchDelayMs / 2);
    if (!type) return;
    state()[4].page_type = e.page_type = type;
    // What came before this file, of this page: the view and what followed it at once, unless it has gone already.
    for (const one of waited) {
      const told = JSON.parse(one.ev);
      if (told.page_type || told.seq < e.seq! || !state()[2].includes(one)) continue;
      one.ev = JSON.stringify({ ...told, page_type: type });
      keep(one);
    }
  });
  const entry: any = performance.getEntriesByType('navigation')[0];
  const shown = heard.reduce((at, [name, e]) => (name == 'visibilitychange' ? e.timeStamp : at), entry?.activationStart || 1);
  const isAnswer = (): boolean => (page.type() ? answers.test(page.type()!) : answerPaths.test(location.pathname));
  const attention = attend(shown, isAnswer, track);
  const key = 'hetk:' + site.key;
  const remembered = (): boolean => {
    try {
      return /visitor/.test(localStorage[key]);
    } catch {
      return false; // no storage: nothing to follow
    }
  };
  let kept = remembered();
  const leave = (): void => {
    page.hurry();
    attention.report();
    vitals?.();
    emit('leave', 0);
  };

  /** DOM events and turns of the page as the core hears them; it sends right after. */
  const ears: Record<string, (...what: any[]) => unknown> = {
    click: (e, path) => clicked(e, path, track, page.picked),
    submit: e => setTimeout(guard(() => submitted(e, track, page.search))), // once the page has answered it
    page() {
      if (!recorded[0]) return; // the first one follows none
      page.hurry();
      attention.report();
    },
    visibilitychange() {
      if (document.hidden) leave();
      else {
        // A page in the back/forward cache hears nothing of a no that was said meanwhile, and must not write its yes over it.
        if (kept && !remembered()) followStorage({ key, newValue: null });
        attention.look();
      }
      kept = remembered();
    },
    pagehide: leave,
    event(item: Item) {
      const e = JSON.parse(item.ev);
      if (!recorded[recordedMax]) {
        recorded.push(e);
        waited.push(item);
      }
      if (e.event == 'page_view') {
        delete state()[4].page_type;
        attention.turn();
        page.view(e, item);
        if (document.querySelector('[data-hetk-slot]')) calls.decide();
      } else page.heard(e.event);
      if (e.event == 'consent_changed') forget(false);
      alive?.();
      emit('event', e);
    },
  };

  const forget = guard((journalToo: boolean) => agreed() || sweep(key, journalToo).catch(() => {})); // no storage, no journal
  const middle = guard((e: Event) => ears.click(e, e.composedPath()));
  const copied = guard(() => track('copy', { length: `${getSelection()}`.length }));
  const videos = watchVideos(track);
  const hear = ([name, ...what]: [string, ...any[]]): number => {
    guard(ears[name] || calls[name] || (() => {}))(...what);
    return 0;
  };

  Object.assign(calls, {
    attach() {
      addEventListener('auxclick', middle, true);
      addEventListener('copy', copied, true);
      attention.attach();
      videos();
    },
    emit,
    on(type: string, fn: Function) {
      // Whoever comes late hears of the page's events from the first on, and of what is known.
      (type == 'event' ? recorded : type == 'config' && config ? [config] : []).forEach(value => guard(fn as any)(value));
      on(type, fn);
      if (type != 'moment') return;
      emit('ask', fn);
      return (moments ||= fetched(HETK_MOMENTS).then(file => file.start(recorded, on, emit, site.key, agreed, asked())));
    },
    context: (said: object) => Object.assign(told, said),
    /** Without a place: looks for new slots of the page. A site without campaigns fetches nothing. */
    async decide(place?: string, fn?: Function) {
      act ||= asked().then(async said => said?.act && (await fetched(HETK_ACT)).start(core, on, said, () => ask(address), told, fetched)).catch(() => {});
      const decide = await act;
      if (decide) decide(place, guard(fn as any));
      else if (place) guard(fn as any)({ chosen: false, suppressed_by: 'no_config' });
    },
    off: (type: string, fn: Function) => (handlers = handlers.filter(h => h[0] != type || h[1] != fn)),
    debug() {
      const [, who, items, lost] = state();
      const fate = (item: Item): string => (items.includes(item) ? 'waiting' : item.ctx ? 'sent' : 'refused');
      console.log('hetk', { site, who, lost }, recorded.map((e, i) => ({ fate: fate(waited[i]), ...e })));
    },
    reduce(event: unknown, props: Props) {
      if (typeof event != 'string') throw TypeError('an event is named by a string');
      track(event, clean(props || {}, () => lost('bad_props')), 1);
    },
    async capture(what = '') {
      if (captured) return;
      captured = 1;
      if (/vitals/.test(what)) vitals = watchVitals((name, value) => track('web_vital', { name, value }));
      if (/clicks/.test(what)) alive = watchFrustration((event, target) => track(event, { target }));
      obey(await insist(address, asked()));
    },
  });

  const obey = guard((said: Config) => {
    config = said;
    const { consent } = site;
    if (asksFirst(config, zone(), navigator.language)) site.consent = 'opt-in';
    else if (consent == 'auto') site.consent = undefined;
    // A visitor who is known is in or out on every page, the others for this page.
    const visitor = agreed()?.visitor;
    const share = visitor ? parseInt(visitor.slice(-6), 16) / 2 ** 24 : Math.random();
    if (share >= config.sample!) {
      site.skip = true;
      state()[2].length = 0;
    }
    if (consent == 'auto') calls.flush();
    emit('config', config);
  });

  // What an engine without Temporal has told so far gets its zone now, unless it was a no, which leaves nothing but the consent.
  if (!(window as any).Temporal) {
    dwell(zone());
    for (const one of state()[2]) {
      one.ctx = one.ctx?.replace(/^(?!.*"tz":)(.*"mode":.*)}$/, `$1,"tz":"${zone()}"}`);
      keep(one);
    }
  }
  heard.splice(0).forEach(hear); // emptied: else what is to come would not be pushed any more
  heard.push = hear;
  followRouters(navigated);
  calls.attach();
  forget(true);
  if (site.capture || site.consent == 'auto') calls.capture(site.capture);
  return;
}
