// A campaign and a context come in, the first reason against showing it goes out (collector/act/gates.py).
import type { Act, Campaign, Context, State } from './types';

/** True in a page's files: what reaches a person who is not there is never in its config, and its gates are left out. */
declare const HETK_ON_PAGE: boolean;

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
const oneOf = (wanted: any, found: any): boolean => (Array.isArray(found) ? found.some(one => wanted.includes(one)) : wanted.includes(found));
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

/** The first gate that stays shut, and why: `4no:lang`. Nothing: all are open. */
export function shut(act: Act, one: Campaign, ctx: Context, state: State, known: Record<string, any>): string | undefined {
  const { id, kind, cool, cap, from, until, when = {} } = one;
  const { age, now, sensitive } = ctx;
  // 1: an old config may hold what was stopped since.
  if ((age == null || age > act.fresh) && !one.offline) return '1stale';
  if (one.stopped) return '1kill';
  // 2: nothing but a plain yes is consent.
  for (const purpose of one.need || []) if (ctx.consent?.[purpose] !== true) return '2consent:' + purpose;
  // 3: nothing personal where health, faith, debts ... may be the topic.
  if (one.basis == 'personal') {
    if (one.sensitive || sensitive === true) return '3sensitive';
    if (sensitive !== false) return '3sensitive:unknown';
  }
  // 4: its time, its people, its moment.
  if ((from != null && now < from) || (until != null && now >= until)) return '4schedule';
  // A condition of a later version is never met: dropped, it would show more than was meant.
  for (const name in when) if (!(name in known)) return '4unknown:' + name;
  for (const name in known) {
    const wanted = (when as any)[name];
    if (wanted == null) continue;
    if (known[name] == null) return '4unknown:' + name;
    if (!(holds[name] || oneOf)(wanted, known[name], ctx)) return '4no:' + name;
  }
  // 5: what was dismissed stays away, what was shown is not shown all day. Windows roll.
  const within = (window: number, times: number[] = []): number => times.reduce((n, t) => n + +(now - t < window), 0);
  const lately = (window: number, t?: number): boolean => t != null && now - t < window;
  if (lately(cool[1], state.bad[id])) return '5cool:not_useful';
  if (lately(cool[0], state.dis[id])) return '5cool:dismissed';
  if (lately(act.place_cool, state.place[ctx.place])) return '5cool:place';
  if (lately(act.fewer_for, state.fewer[kind]) && within(week, state.kind[kind])) return '5cap:fewer';
  if (within(day, state.shown[id]) >= cap) return '5cap:day';
  if (HETK_ON_PAGE || !leaving.test(kind)) return;
  if (within(day, state.reach) >= act.reach_day) return '5cap:reach_day';
  if (within(week, state.reach) >= act.reach_week) return '5cap:reach_week';
  const { hour } = known;
  if (hour == null) return '5quiet:unknown';
  return between(act.quiet, hour) ? '5quiet' : undefined;
}
