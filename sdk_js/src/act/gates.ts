// A campaign and a context come in, the first reason against showing it goes out (collector/act/gates.py).
import type { Act, Campaign, Context, State } from './types';

export const day = 86_400_000;
export const week = 7 * day;
/** Kinds that reach a person who is not on the page. */
export const leaving = /^(push|mail|webhook)$/;

const minute = ({ now, tz_off }: Context): number | null => (tz_off == null ? null : (Math.floor(now / 60_000) + tz_off + 1440) % 1440);
const between = ([start, end]: number[], at: number): boolean => (start < end ? start <= at && at < end : at >= start || at < end);
const oneOf = (wanted: string[], found: string): boolean => wanted.includes(found);
const inCommon = (wanted: string[], found: string[]): boolean => found.some(one => wanted.includes(one));

/** What the context says about a condition, and when it holds; in the order in which they are asked. */
const conditions: Record<string, [(ctx: Context) => any, (wanted: any, found: any) => boolean]> = {
  lang: [c => c.lang, (wanted, lang) => oneOf(wanted, lang) || oneOf(wanted, lang.split('-')[0])],
  channel: [c => c.channel, oneOf],
  page_type: [c => c.page_type, oneOf],
  hour: [minute, between],
  intent: [c => c.moment?.intent, oneOf],
  confidence: [c => c.moment?.conf, (least, sure) => sure >= least],
  category: [c => c.moment?.category, (wanted, path) => wanted.some((one: string) => path == one || path.startsWith(one + '/'))],
  words: [c => c.moment?.words, inCommon],
  segment: [c => c.segments, inCommon],
  cart: [c => c.cart?.state, oneOf],
  cart_min: [
    ({ cart }) => (cart?.value == null || cart.currency == null ? null : cart),
    ([least, currency], cart) => cart.currency == currency && cart.value >= least,
  ],
  stock: [c => c.stock, (least, has) => has >= least],
  distance: [c => c.distance, (most, away) => away <= most],
};

type Gate = (act: Act, one: Campaign, ctx: Context, state: State) => string | false | undefined;

export const gates: Gate[] = [
  // 1: an old config may hold what was stopped since.
  ({ fresh }, { offline, stopped }, { age }) => ((age == null || age > fresh) && !offline ? 'stale' : stopped && 'kill'),
  // 2: nothing but a plain yes is consent.
  (_, { need = [] }, { consent }) => {
    const missing = need.find(purpose => consent?.[purpose] !== true);
    return missing != null && 'consent:' + missing;
  },
  // 3: nothing personal where health, faith, debts ... may be the topic.
  (_, one, { sensitive }) =>
    one.basis == 'personal' && (one.sensitive || sensitive === true ? 'sensitive' : sensitive !== false && 'sensitive:unknown'),
  // 4: its time, its people, its moment.
  (_, { from, until, when = {} }, ctx) => {
    if ((from != null && ctx.now < from) || (until != null && ctx.now >= until)) return 'schedule';
    for (const name in { ...conditions, ...when }) {
      const wanted = (when as any)[name];
      if (!conditions[name]) return 'unknown:' + name; // of a later version: dropped, it would show more than was meant
      const [read, holds] = conditions[name];
      if (wanted == null) continue;
      const found = read(ctx);
      if (found == null) return 'unknown:' + name;
      if (!holds(wanted, found)) return 'no:' + name;
    }
    return;
  },
  // 5: what was dismissed stays away, what was shown is not shown all day. Windows roll.
  (act, { id, kind, cool, cap }, ctx, { bad, dis, place, fewer, kind: kinds, shown, reach }) => {
    const { now } = ctx;
    const within = (window: number, times: number[] = []): number => times.filter(t => now - t < window).length;
    const lately = (window: number, t?: number): boolean => t != null && now - t < window;
    if (lately(cool[1], bad[id])) return 'cool:not_useful';
    if (lately(cool[0], dis[id])) return 'cool:dismissed';
    if (lately(act.place_cool, place[ctx.place])) return 'cool:place';
    if (lately(act.fewer_for, fewer[kind]) && within(week, kinds[kind])) return 'cap:fewer';
    if (within(day, shown[id]) >= cap) return 'cap:day';
    if (!leaving.test(kind)) return;
    if (within(day, reach) >= act.reach_day) return 'cap:reach_day';
    if (within(week, reach) >= act.reach_week) return 'cap:reach_week';
    const at = minute(ctx);
    return at == null ? 'quiet:unknown' : between(act.quiet, at) && 'quiet';
  },
];
