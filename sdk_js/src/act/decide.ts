// Published campaigns, a context and what the device remembers come in, one decision goes out. Pure: no clock, no
// random, no storage. The same engine as collector/act; tests/contract/act and random contexts hold the two together.
import { gates } from './gates';
import { pick } from './pick';
import type { Act, Campaign, Context, Decision, State } from './types';

const share = 10_000; // the holdout is in basis points
const sum = (ones: { w: number }[]): number => ones.reduce((total, { w }) => total + w, 0);
/** The one at whose weight the number falls. */
const walk = <T extends { w: number }>(ones: T[], left: number): T => ones.find(({ w }) => (left -= w) < 0)!;

/** `state` comes from `settle`; whoever carries the decision out calls `note`. */
export function decide(act: Act | null | undefined, ctx: Context, state: State): Decision {
  const { place, draw, unit } = ctx;
  const none = (by: string, reasons: [string, string][] = []): Decision => ({
    place,
    chosen: false,
    holdout: false,
    action: null,
    revision: null,
    kind: null,
    variant: null,
    basis: null,
    weight: null,
    weight_total: null,
    hold: null,
    suppressed_by: by,
    reasons,
  });
  if (!act || act.kill) return none(act ? 'kill' : 'no_config');
  const here = act.list.filter(one => one.place == place);
  const open: Campaign[] = [];
  const against = new Map<Campaign, string>();
  let highest = -1;
  let by = 'none';
  for (const one of here) {
    let reason: string | false | undefined;
    const gate = gates.findIndex(g => (reason = g(act, one, ctx, state)));
    if (gate < 0) open.push(one);
    else against.set(one, reason as string);
    if (gate > highest) {
      highest = gate;
      by = reason as string;
    }
  }
  const reasons = (): [string, string][] => here.filter(one => against.has(one)).map(one => [one.id, against.get(one)!]);
  if (!open.length) return none(by, reasons());

  const { salt } = act;
  const top = open.filter(one => one.pri == open[0].pri);
  const chosen = walk(top, pick([salt, 'choice\n' + place, draw], sum(top)));
  const { id, vars, hold } = chosen;
  const variant = walk(vars, pick([salt, 'variant\n' + id, draw], sum(vars)));
  for (const one of open) if (one != chosen) against.set(one, one.pri == chosen.pri ? 'lost' : 'outranked');
  // After the choice: only then those held back are the same people as those who were shown it.
  const held = unit != null && (state.arm[id] ?? pick([salt, 'holdout\n' + id, unit], share) < hold);
  return {
    place,
    chosen: !held,
    holdout: held,
    action: id,
    revision: chosen.rev,
    kind: chosen.kind,
    variant: variant.k,
    basis: chosen.basis,
    weight: chosen.w * variant.w,
    weight_total: sum(top) * sum(vars),
    hold,
    suppressed_by: held ? 'holdout' : null,
    reasons: reasons(),
  };
}
