// Visits of many devices, a million of them in `make test-all`: what is shown is held against books kept by other means than the
// engine's, and is never once too often. The state goes through storage after each decision, as on a device.
import { expect, test } from 'vitest';
import { decide } from '../../src/act/decide';
import { note, settle } from '../../src/act/state';
import type { Act, Campaign, Context } from '../../src/act/types';

const visits = process.env.HETK_ALL ? 1_000_000 : 20_000;
const each = 500;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const campaign = (id: string, place: string, kind: string, cap: number, more: Partial<Campaign> = {}): Campaign => ({
  id, rev: 1, place, kind, basis: 'contextual', pri: 0, w: 1, hold: 1000, cap, cool: [day, 30 * day], vars: [{ k: 'a', w: 1 }], ...more,
});
const act: Act = {
  v: 1, rev: 1, salt: '5f1c9a3e7b20d846', kill: false, fresh: 60_000, quiet: [1260, 480], reach_day: 1, reach_week: 3, place_cool: 30 * minute, fewer_for: 90 * day,
  list: [campaign('a', 'hero', 'offer', 1, { pri: 1 }), campaign('b', 'hero', 'offer', 2), campaign('c', 'hero', 'content', 3), campaign('d', 'cart', 'content', 2), campaign('e', 'cart', 'banner', 1, { pri: 2 })],
};

/** mulberry32: the same visits in every run. */
const dice = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

interface Books {
  shown: { id: string; kind: string; t: number }[];
  pressed: { how: string; id: string; kind: string; place: string; t: number }[];
  arms: Map<string, boolean>;
}

/** What must not have been shown at `now`, by a look at everything that ever happened. */
function broken({ shown, pressed }: Books, { id, kind, place, cap }: Campaign, now: number): string[] {
  const since = (t: number): number => now - t;
  const found: string[] = [];
  if (shown.filter(one => one.id == id && since(one.t) < day).length >= cap) found.push('cap');
  for (const one of pressed) {
    if (one.id == id && since(one.t) < day) found.push('dismissed');
    if (one.id == id && one.how == 'not_useful' && since(one.t) < 30 * day) found.push('not useful');
    if (one.place == place && since(one.t) < 30 * minute) found.push('place');
    if (one.kind == kind && one.how == 'fewer' && since(one.t) < 90 * day && shown.some(s => s.kind == kind && since(s.t) < 7 * day)) found.push('fewer');
  }
  return found;
}

test(`over ${visits.toLocaleString('en')} visits nothing is shown once too often, and nobody changes arms`, () => {
  const wrong: string[] = [];
  let times = 0;
  const arms: boolean[] = [];
  for (let device = 0; device < visits / each; device++) {
    const roll = dice(device);
    const jumps = device % 10 == 0; // a clock that is set back and forth
    let now = 1.8e12;
    let kept = '{}';
    const books: Books = { shown: [], pressed: [], arms: new Map() };
    for (let visit = 0; visit < each; visit++) {
      // Often seconds, sometimes days; now and then exactly at a boundary.
      const gap = [10_000, 5 * minute, hour, 7 * hour, day, 30 * minute, 3 * day, 7 * day][Math.floor(roll() * 8)];
      now += roll() < 0.2 ? gap : Math.floor(gap * roll());
      if (jumps && roll() < 0.02) {
        // What was a day ago is so no more, and may be forgotten already: from here on the books are kept anew.
        now -= Math.floor(roll() * 2 * day);
        books.shown = [];
        books.pressed = [];
      }
      const place = roll() < 0.6 ? 'hero' : 'cart';
      const ctx: Context = { place, now, age: 0, draw: `${device}-${Math.floor(visit / 5)}`, unit: `v:${device}` };
      const state = settle(JSON.parse(kept), now);
      const d = decide(act, ctx, state);
      if (!d.action) continue;
      times++;
      const one = act.list.find(c => c.id == d.action)!;
      for (const what of broken(books, one, now)) wrong.push(`${what}: ${d.action} on device ${device}, visit ${visit}`);
      if ((books.arms.get(one.id) ?? d.holdout) != d.holdout) wrong.push(`arm of ${d.action} on device ${device}`);
      books.arms.set(one.id, d.holdout);
      note(state, d, now, ctx.unit);
      books.shown.push({ id: one.id, kind: one.kind, t: now });
      if (d.chosen && roll() < 0.1) {
        const how = ['close', 'not_useful', 'fewer'][Math.floor(roll() * 3)];
        state.dis[one.id] = state.place[place] = now;
        if (how == 'fewer') state.fewer[one.kind] = now;
        else if (how != 'close') state.bad[one.id] = now;
        books.pressed.push({ how, id: one.id, kind: one.kind, place, t: now });
      }
      // What no rule looks at any more would only make the books slow.
      books.shown = books.shown.filter(s => now - s.t < 8 * day);
      books.pressed = books.pressed.filter(p => now - p.t < 91 * day);
      kept = JSON.stringify(state);
    }
    arms.push(...books.arms.values());
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(times).toBeGreaterThan(visits / 20); // or it would have proven nothing
  expect(arms.filter(Boolean).length / arms.length).toBeCloseTo(0.1, 1); // as many as are meant to be
}, 600_000);
