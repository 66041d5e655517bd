// What a device remembers of its decisions: anything comes in, a state the engine can trust goes out (collector/act/state.py).
import { day, leaving, week } from './gates';
import type { Decision, State } from './types';

/** As in gates.ts. */
declare const HETK_ON_PAGE: boolean;

const memory = 90 * day;

/** Nothing damaged, no stamp from the future, none that no window reaches any more; `later`: answers of the person that `raw` may lack. */
export function settle(raw: any, now: number, later?: any): State {
  const times = (found: any, window: number): number[] =>
    Array.isArray(found) ? found.filter(t => Number.isSafeInteger(t) && t >= 0).map(t => Math.min(t, now)).filter(t => now - t < window) : [];
  const table = (name: string, read: (found: any) => any, from = [raw]): Record<string, any> => {
    const kept = Object.create(null); // a campaign may be called `constructor`
    for (const one of from) {
      const found = one?.[name];
      if (!Array.isArray(found))
        for (const key in found) {
          const value = read(found[key]);
          if (value?.length != 0 && value != null) kept[key] = value;
        }
    }
    return kept;
  };
  const stamps = (name: string): Record<string, number> => table(name, t => times([t], memory)[0], [raw, later]);
  return {
    shown: table('shown', found => times(found, day)),
    kind: table('kind', found => times(found, week)),
    reach: times(raw?.reach, week),
    dis: stamps('dis'),
    bad: stamps('bad'),
    place: stamps('place'),
    fewer: stamps('fewer'),
    arm: table('arm', held => (held === !!held ? held : null)),
  };
}

/** Remembers what was shown or held back; both count in the caps, so that the arms stay alike. */
export function note(state: State, { action, kind, holdout }: Decision, now: number, unit: string | null | undefined): void {
  if (action == null || kind == null) return;
  (state.shown[action] ||= []).push(now);
  (state.kind[kind] ||= []).push(now);
  if (!HETK_ON_PAGE && leaving.test(kind)) state.reach.push(now);
  if (unit != null) state.arm[action] = holdout;
}
