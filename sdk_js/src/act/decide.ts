// Published campaigns, a context and what the device remembers come in, one decision goes out. Pure: no clock, no
// random, no storage. The same engine as collector/act; tests/contract/act and random contexts hold the two together.
import { facts, shut } from './gates';
import { pick } from './pick';
import type { Act, Campaign, Context, Decision, State, Variant } from './types';

const share = 10_000; // the holdout is in basis points
const sum = (ones: { w: number }[]): number => ones.reduce((total, { w }) => total + w, 0);

/** `state` comes from `settle`; whoever carries the decision out calls `note`. */
export function decide(act: Act | null | undefined, ctx: Context, state: State): Decision {
  const { place, unit } = ctx;
  const known = facts(ctx);
  const here = act && !act.kill ? act.list.filter(one => one.place == place) : [];
  const against = here.map(one => shut(act!, one, ctx, state, known));
  /** The reason told is that of the campaign that got furthest. */
  let by: string | null = act ? (act.kill ? 'kill' : against.reduce<string>((most, one = '') => (one[0] > most[0] ? one : most), '0none').slice(1)) : 'no_config';
  const open = here.filter((_, i) => !against[i]);
  const top = open.filter(one => one.pri == open[0].pri);
  const number = (what: string, who: string, n: number): number => pick([act?.salt as string, what, who], n);
  /** The one at whose weight the number falls. */
  const walk = <T extends { w: number }>(ones: T[], what: string): T | undefined => {
    let left = number(what, ctx.draw, sum(ones));
    return ones.find(({ w }) => (left -= w) < 0);
  };
  const chosen: Partial<Campaign> = walk(top, 'choice\n' + place) || {};
  const { id = null, rev = null, kind = null, basis = null, hold = null, vars = null, pri, w } = chosen;
  let held = false;
  let variant: Partial<Variant> = {};
  if (vars) {
    variant = walk(vars, 'variant\n' + id)!;
    // After the choice: only then those held back are the same people as those who were shown it.
    held = unit != null && (state.arm[id!] ?? number('holdout\n' + id, unit, share) < hold!);
    by = held ? 'holdout' : null;
  }
  return {
    place,
    chosen: !by,
    holdout: held,
    action: id,
    revision: rev,
    kind,
    variant: variant.k || null,
    basis,
    weight: vars && w! * variant.w!,
    weight_total: vars && sum(top) * sum(vars),
    hold,
    suppressed_by: by,
    reasons: here.flatMap((one, i) => (one == chosen ? [] : [[one.id, against[i]?.slice(1) || (one.pri == pri ? 'lost' : 'outranked')]])),
  };
}
