// Published campaigns, a context and what the device remembers come in, one decision goes out. Pure: no clock, no
// random, no storage. The same engine as collector/act; tests/contract/act and random contexts hold the two together.
import { facts, gates } from './gates';
import { pick } from './pick';
import type { Act, Campaign, Context, Decision, State, Variant } from './types';

const share = 10_000; // the holdout is in basis points
const sum = (ones: { w: number }[]): number => ones.reduce((total, { w }) => total + w, 0);
/** The one at whose weight the number falls. */
const walk = <T extends { w: number }>(ones: T[], left: number): T => ones.find(({ w }) => (left -= w) < 0)!;

/** `state` comes from `settle`; whoever carries the decision out calls `note`. */
export function decide(act: Act | null | undefined, ctx: Context, state: State): Decision {
  const { place, draw, unit } = ctx;
  let by: string | null = act ? (act.kill ? 'kill' : 'none') : 'no_config';
  const here = by == 'none' ? act!.list.filter(one => one.place == place) : [];
  const against = new Map<Campaign, string>();
  const known = facts(ctx);
  let highest = -1;
  const open = here.filter(one => {
    let reason: string | false | undefined;
    const gate = gates.findIndex(g => (reason = g(act!, one, ctx, state, known)));
    if (gate < 0) return 1;
    against.set(one, reason as string);
    if (gate > highest) {
      highest = gate;
      by = reason as string;
    }
    return;
  });
  const top = open.filter(one => one.pri == open[0].pri);
  const chosen: Partial<Campaign> = top[0] ? walk(top, pick([act!.salt, 'choice\n' + place, draw], sum(top))) : {};
  const { id = null, rev = null, kind = null, basis = null, hold = null, pri, w, vars } = chosen;
  let held = false;
  let variant: Partial<Variant> = {};
  if (vars) {
    variant = walk(vars, pick([act!.salt, 'variant\n' + id, draw], sum(vars)));
    for (const one of open) if (one != chosen) against.set(one, one.pri == pri ? 'lost' : 'outranked');
    // After the choice: only then those held back are the same people as those who were shown it.
    held = unit != null && (state.arm[id!] ?? pick([act!.salt, 'holdout\n' + id, unit], share) < hold!);
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
    weight: vars ? w! * variant.w! : null,
    weight_total: vars ? sum(top) * sum(vars) : null,
    hold,
    suppressed_by: by,
    reasons: here.flatMap(one => (against.has(one) ? [[one.id, against.get(one)!]] : [])),
  };
}
