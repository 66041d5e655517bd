// A campaign and a context come in, the first reason against showing it goes out (collector/act/gates.py).
import type { Act, Campaign, Context, State } from './types';

export const day = 86_400_000;
export const week = 7 * day;
/** Kinds that reach a person who is not on the page. */
export const leaving = /^(push|mail|webhook)$/;

const minute = ({ now, tz_off }: Context): number | null => (tz_off == null ? null : (Math.floor(now / 60_000) + tz_off + 1440) % 1440);
const between = ([start, end]: number[], at: number): boolean => (start < end ? start <= at && at < end : at >= start || at < end);
/** What a context says about each condition, in the order in which they are asked. */
export const facts = (ctx: Context): Record<string, any> => {
  const { moment: m, cart } = ctx;
  return {
    lang: ctx.lang,
    channel: ctx.channel,
    page_type: ctx.page_type,
    hour: minute(ctx),
    intent: m?.intent,
    confidence: m?.conf,
    category: m?.category,
    words: m?.words,
    segment: ctx.segments,
    cart: cart?.state,
    cart_min: cart?.currency == null ? null : cart.value,
    stock: ctx.stock,
    distance: ctx.distance,
  };
};
const oneOf = (wanted: any, found: any): boolean => [].concat(found).some(one => wanted.includes(one));
const atLeast = (least: any, has: any): boolean => has >= least;
/** When a condition holds, where that is not: one of the wanted ones is found. */
const holds: Record<string, (wanted: any, found: any, ctx: Context) => boolean> = {
  lang: (wanted, lang) => oneOf(wanted, [lang, lang.split('-')[0]]),
  hour: between,
  confidence: atLeast,
  category: (wanted, path) => wanted.some((one: string) => path == one || path.startsWith(one + '/')),
  cart_min: ([least, currency], value, { cart }) => cart!.currency == currency && value >= least,
  stock: atLeast,
  distance: (most, away) => away <= most,
};

type Gate = (act: Act, one: Campaign, ctx: Context, state: State, known: Record<string, any>) => string | false | undefined;

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
  (_, { from, until, when = {} }, ctx, _state, known) => {
    if ((from != null && ctx.now < from) || (until != null && ctx.now >= until)) return 'schedule';
    // A condition of a later version is never met: dropped, it would show more than was meant.
    for (const name in when) if (!(name in known)) return 'unknown:' + name;
    for (const name in known) {
      const wanted = (when as any)[name];
      if (wanted == null) continue;
      if (known[name] == null) return 'unknown:' + name;
      if (!(holds[name] || oneOf)(wanted, known[name], ctx)) return 'no:' + name;
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
