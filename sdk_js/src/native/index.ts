// React Native: `import { createHetk } from 'hetk/react-native'`. An app's parts come in, its tracker goes out: one callable that never
// throws into the app. No DOM, no dependency; consent, queue and delivery keep the rules of the browser's core.
import { deniedKeptMs, eventCharsMax, sessionIdleMs } from '../config';
import { type Consent, merge } from '../consent';
import type { PropsOf } from '../events';
import { clean } from '../more/clean';
import { type Reason, createDelivery } from './delivery';
import { createStore } from './store';
import type { Options } from './types';
import { uuid } from './uuid';

export type { AppStateLike, NetInfoLike, Options, PlatformLike, Storage } from './types';
export type { Consent } from '../consent';
export type { EventMap, Item } from '../events';
type Props = Record<string, unknown>;

export interface Hetk {
  <Name extends string>(call: 'track', event: Name, props?: PropsOf<Name>): void;
  /** A screen was shown: the app's page view. */
  (call: 'screen', name: string, props?: Props): void;
  (call: 'search', query: string, props?: Props): void;
  (call: 'identify', user: string, traits?: Props): void;
  (call: 'consent', answer: Consent): void;
  (call: 'reset' | 'flush'): void;
}

interface Who {
  consent: Consent;
  visitor?: string;
  session?: string;
  at?: number;
  user?: string;
}

export function createHetk(options: Options): Hetk {
  const name = 'hetk:' + options.key;
  const { storage, appState } = options;
  const store = createStore(storage, name);
  const losses = new Map<Reason, number>();
  let who: Who = { consent: {} };
  let named: [user: string, traits?: Props] | undefined;
  let screen = '';
  let before = '';
  let seq = 0;
  let shownAt = Date.now();
  const began = uuid(shownAt);

  const agreed = (): boolean => !!who.visitor;
  const lost = (reason: Reason, n = 1): unknown => losses.set(reason, (losses.get(reason) || 0) + n);
  const tell = (): void => {
    for (const [reason, n] of [...losses]) {
      losses.delete(reason);
      track('events_lost', { n, reason });
    }
  };
  const delivery = createDelivery(options, store, agreed, lost, tell);
  const address = (of: string): string => `app://${options.app}/${encodeURIComponent(of)}`;

  const context = (now: number): string => {
    const { consent, visitor, user } = who;
    if (options.consent && consent.analytics == null) return '';
    if (visitor) {
      if (!(Math.abs(now - who.at!) < sessionIdleMs)) who.session = uuid(now);
      who.at = now;
    }
    if (consent.analytics === false) return JSON.stringify({ consent });
    const { at, ...known } = who;
    const mode = visitor ? (user ? 'user' : 'first_party') : 'cookieless';
    const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return JSON.stringify({ ...known, mode, url: address(screen), ref: before ? address(before) : undefined, title: screen || undefined, locale: options.locale, tz });
  };

  const track = (event: string, props?: Props): void => {
    const t = Date.now();
    const id = uuid(t);
    if (typeof event !== 'string') throw TypeError('an event is named by a string');
    const reduced = props && clean(props, () => lost('bad_props'));
    const ev = JSON.stringify({ id, event: event.slice(0, 200), t, seq: seq++, props: reduced });
    if (ev.length > 2 * eventCharsMax) return void lost('too_large');
    if (who.consent.analytics === false && event !== 'consent_changed') return;
    const row = { id, ctx: context(t), ev };
    delivery.push(row);
    if (agreed()) store.put(row);
  };

  const save = async (): Promise<void> => {
    try {
      if (agreed() || who.consent.analytics === false) await storage.setItem(name, JSON.stringify(who));
    } catch {} // storage that fails costs what the next start would know, nothing more
  };

  const agree = (): void => {
    who = { visitor: uuid(Date.now()), ...who };
    const [user, traits] = named || [];
    if (named) who.user = user;
    if (named) track('identify', traits);
    named = undefined;
    void save();
  };

  /** Rows of runs that died. Without a remembered yes they wait for one, seven days at most. */
  const adopt = async (): Promise<void> => {
    const rows = (await store.rows()).filter(row => row.id < began);
    if (agreed()) rows.forEach(delivery.push);
    else store.remove(rows.filter(row => row.id < uuid(Date.now() - deniedKeptMs)));
  };

  const calls: Record<string, (...args: any[]) => void> = {
    track,
    screen(to, props) {
      before = screen;
      screen = `${to}`;
      track('page_view', props);
    },
    search: (query, props) => track('search', { query, ...props }),
    identify(user, traits) {
      named = [`${user}`, traits];
      if (agreed()) agree();
    },
    consent(said) {
      const next = merge(who.consent, said);
      if (JSON.stringify(next) === JSON.stringify(who.consent)) return;
      who.consent = next;
      if (next.analytics) {
        agree();
        void adopt();
      } else if (next.analytics === false) {
        named = undefined;
        who = { consent: next };
        delivery.empty();
        void store.clear();
        void save();
      }
      track('consent_changed');
      delivery.answered(() => context(Date.now()));
    },
    reset() {
      named = undefined;
      who = { consent: who.consent };
      if (who.consent.analytics) agree();
    },
    flush: delivery.flush,
  };

  const guard = (work: () => unknown): void => {
    try {
      work();
    } catch (e) {
      console.warn('hetk:', e);
    }
  };

  const engaged = (): void => {
    const visible_ms = Date.now() - shownAt;
    if (shownAt && visible_ms >= 1000) track('engagement', { visible_ms });
    shownAt = 0;
  };

  let waiting: (() => void)[] | undefined = [];
  const begin = async (): Promise<void> => {
    try {
      Object.assign(who, JSON.parse((await storage.getItem(name)) || '{}'));
    } catch {} // never stored, or storage fails: a person we do not know
    await adopt();
    const early = waiting!;
    waiting = undefined;
    early.forEach(guard);
    appState.addEventListener('change', state => guard(() => {
      if (state === 'active') shownAt ||= Date.now();
      else engaged();
      void save();
      delivery.flush();
    }));
    options.netInfo?.addEventListener(({ isConnected }) => isConnected && delivery.flush());
  };
  void begin();

  return (call: string, ...args: any[]): void => {
    const work = (): void => calls[call]?.(...args);
    if (waiting) waiting.push(work);
    else guard(work);
  };
}
