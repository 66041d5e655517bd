// The core and a call it does not know come in; from then on it knows on, off, emit, debug, capture, and props that need care.
import { recordedMax } from '../config';
import type { Core } from '../hetk';
import { start as startMoments } from '../moments/start';
import type { Who } from '../person';
import type { Props, Recorded } from '../track';
import { clean } from './clean';
import { ask, insist } from './config';
import { watchFrustration } from './frustration';
import { type Config, asksFirst } from './law';
import { watchVitals } from './vitals';

/** Gives the core of a page its further calls, once, and makes the one it asked for. */
export function start(core: Core, call: string, ...args: unknown[]): void {
  if (!core[0].on) extend(core);
  core[0][call](...args);
}

function extend([calls, past, guard, lost, state]: Core): void {
  const [site] = state(); // the others are made anew as time goes by
  const { track, flush } = calls;
  let handlers: [string, Function][] = [];
  let moments: unknown;
  let captured: unknown;
  let config: Config | undefined;
  let alive: (() => void) | undefined;
  const address = `${site.host}/v1/config?key=${site.key}`;
  let answer: Promise<Config | undefined> | undefined;
  const asked = (): Promise<Config | undefined> => (answer = answer || ask(address));
  const agreed = (): Who | undefined => (state()[1].visitor ? state()[1] : undefined);
  const on = (type: string, fn: Function): unknown => handlers.push([type, fn]);
  const emit = (type: string, value: unknown): void => handlers.forEach(([t, fn]) => t == type && guard(fn as any)(value));
  const recorded: Recorded[] = past.map(json => JSON.parse(json));

  past.length = 0; // else what is to come would not be pushed any more
  past.push = json => {
    const e = JSON.parse(json);
    if (e.seq < recordedMax) recorded.push(e);
    alive?.();
    emit('event', e);
    return 0;
  };
  Object.assign(calls, {
    emit,
    on(type: string, fn: Function) {
      // Whoever comes late hears of the page's events from the first on, and of what is known.
      (type == 'event' ? recorded : type == 'config' && config ? [config] : []).forEach(value => guard(fn as any)(value));
      on(type, fn);
      if (type != 'moment') return;
      emit('ask', fn);
      moments = moments || startMoments(recorded, on, emit, site.key, agreed, asked());
    },
    off: (type: string, fn: Function) => (handlers = handlers.filter(h => h[0] != type || h[1] != fn)),
    debug() {
      const [, who, items, lost, refused] = state();
      const fate = ({ id }: Recorded): string => (refused.includes(id) ? 'refused' : items.some(i => i.id == id) ? 'waiting' : 'sent');
      console.log('hetk', { site, who, lost }, recorded.map(e => ({ fate: fate(e), ...e })));
    },
    reduce(event: unknown, props: Props) {
      if (typeof event != 'string') throw TypeError('an event is named by a string');
      track(event, clean(props || {}, () => lost('prop_dropped')), 1);
    },
    async capture(what = '') {
      if (captured) return;
      captured = 1;
      if (/vitals/.test(what)) watchVitals((name, value) => {
        track('web_vital', { name, value });
        flush(1);
      });
      if (/clicks/.test(what)) alive = watchFrustration((event, target) => track(event, { target }));
      obey(await insist(address, asked()));
    },
  });

  const obey = guard((said: Config) => {
    config = said;
    const { consent } = site;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (asksFirst(config, zone, navigator.language)) site.consent = 'opt-in';
    else if (consent == 'auto') site.consent = undefined;
    // A visitor who is known is in or out on every page, the others for this page.
    const visitor = agreed()?.visitor;
    const share = visitor ? parseInt(visitor.slice(-6), 16) / 2 ** 24 : Math.random();
    if (share >= config.sampling!) {
      site.skip = true;
      state()[2].length = 0;
    }
    if (consent == 'auto') flush();
    emit('config', config);
  });
}
