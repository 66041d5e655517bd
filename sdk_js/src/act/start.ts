// What the page tells comes in, what helps now at a place of it goes out. Loaded only where the site has campaigns.
import type { Core } from '../hetk';
import type { Notice } from '../moments/types';
import type { Config } from '../more/law';
import { context } from './context';
import { decide } from './decide';
import { keeper } from './kept';
import type { Choose, Shown } from './shown';
import { note, settle } from './state';
import { words } from './text';
import type { Act, State } from './types';

/** [path, integrity] of the slots, put here by the build. */
declare const HETK_SLOTS: [string, string];

const oldMs = 45_000; // a config older than this is asked for again
const askMs = 500;
const readyMs = 2000; // the moment and what the device remembers are worth so much waiting; the default stands meanwhile
const reserveMs = 50;

const within = (ms: number, work: unknown): Promise<any> => Promise.race([work, new Promise(done => setTimeout(done, ms))]).catch(() => {});

/** The second file's parts (src/more/index.ts). `known` is what the page said by `hetk('context', ...)`. */
export function start(
  core: Core,
  on: (type: string, fn: (value: any) => void) => unknown,
  config: Config,
  ask: () => Promise<Config | undefined>,
  known: Record<string, any>,
  fetched: (file: [string, string]) => Promise<any>,
): (place?: string, fn?: (shown: Shown) => void) => void {
  const [calls, track, , , , , , , state] = core;
  let act: Act | undefined = config.act;
  let came = Date.now();
  let moment: Notice['moment'] | undefined;
  let last: State = settle(0, 0);
  let id: string; // of the last decision
  let current: Record<string, Promise<Shown>> = {}; // asked for by calls in this page view
  let slots: Promise<(turned?: unknown) => void> | undefined;
  let counts: Record<string, Record<string, Record<string, number>>> = {};
  const change = keeper('hetk:act:' + state()[0].key, () => state()[1].visitor);

  const press = (work: (s: State, now: number) => void): Promise<any> => {
    work(last, Date.now()); // kept to from this instant on
    return within(reserveMs, change((s, now) => {
      work(s, now);
      return (last = s);
    }, last));
  };
  const file = (): Promise<any> => fetched(HETK_SLOTS);

  const choose: Choose = (place, fit) => (async () => {
    await ready;
    const from = performance.now();
    if (Date.now() - came > oldMs) {
      const fresh = await within(askMs, ask());
      if (fresh) {
        act = fresh.act;
        came = Date.now();
      }
    }
    const ctx = context(place, Date.now() - came, act || ({} as Act), state(), moment, known, last.fewer);
    const m = ctx.moment;
    const d = decide(act, ctx, last);
    const { action, variant } = d;
    const campaign = act?.list.find(c => c.id == action);
    const one = campaign?.vars.find(v => v.k == variant);
    const said = one && words(one, ctx.lang!, known.near);
    let mine = '';
    const tell = (what: string, more?: object): unknown => mine && track('decision_' + what, { ...more, decision_id: mine });
    const shown: Shown = {
      chosen: false,
      action,
      variant,
      url: one?.url,
      lang: ctx.lang!,
      ...said,
      shown: () => tell('shown'),
      clicked: () => tell('clicked'),
      dismissed(how = 'close') {
        tell('dismissed', { how });
        press((s, now) => {
          s.dis[action!] = s.place[place] = now;
          if (how == 'fewer') s.fewer[d.kind!] = now;
          else if (how != 'close') s.bad[action!] = now;
        });
      },
      why: back => file().then(slots => slots.why([campaign, ctx, shown, press, tell, core, fetched, back])),
    };
    // In both arms alike, else they were not the same people: words and room are looked for before anybody is held back.
    const fits: any = said && fit?.(shown);
    let by = !action ? d.suppressed_by : !said ? 'no_words' : fits?.at ? fits : 'late';
    if (by == 'late') {
      if (await within(reserveMs, change((s, now) => {
        last = s;
        const again = decide(act, ctx, s);
        if (shown.suppressed_by || again.action != action || again.holdout != d.holdout) return;
        note(s, d, now, ctx.unit);
        return d;
      }))) by = fits?.() || d.suppressed_by;
    }
    shown.suppressed_by = by;
    if (by && by != 'holdout') {
      for (const [name, reason] of action ? [[action, by]] : d.reasons) {
        const many = ((counts[place] ||= {})[name] ||= {});
        many[reason] = -~many[reason]; // one more
      }
      return shown;
    }
    track('decision', {
      ...d,
      intent: m?.intent,
      conf: m?.conf,
      evidence: ctx.sensitive === false ? m?.evidence!.slice(0, 2) : undefined,
      latency_ms: performance.now() - from,
      lang: ctx.lang,
      why: campaign!.because,
    });
    mine = id;
    shown.chosen = d.chosen;
    return shown;
  })().catch(() => ({ chosen: false, suppressed_by: 'error' }));
  const look = (turned?: unknown): void => {
    if (document.querySelector('[data-hetk-slot]')) slots ||= file().then(slots => slots.slots(choose));
    slots?.then(again => again(turned));
  };

  on('event', e => {
    if (e.event == 'decision') id = e.id;
    if (e.event == 'page_view') {
      current = {};
      look(1);
    }
  });
  on('leave', () => {
    for (const place in counts) track('decision_suppressed', { place, reasons: counts[place] });
    counts = {};
  });
  const ready = within(readyMs, Promise.all([
    change(s => void (last = s)),
    act!.stores && file().then(slots => slots.near(known, act!.stores, core, fetched)),
    act!.moment && calls.on('moment', (told: Notice) => {
      moment = told.type == 'close' ? undefined : told.moment;
      look();
    }),
  ]));
  look();
  return (place, fn) => (place ? (current[place] ||= choose(place)).then(fn) : look());
}
