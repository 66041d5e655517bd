import { readFileSync, readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createMoments } from '../../src/moments';
import { type Session, defaults, events, run } from '../moments/golden';

const folder = fileURLToPath(new URL('../../../tests/contract/moments/', import.meta.url));
const sessions: Session[] = readdirSync(folder).flatMap(name => JSON.parse(readFileSync(folder + name, 'utf8')));
const named = (name: string): Session => sessions.find(s => s.name == name)!;

describe('golden sessions', () => {
  test.each(sessions.map(s => [s.name, s] as const))('%s', (_, session) => {
    const { moments } = run(session);
    const at = (n: number): number => Math.round(session.events[n - 1].at * 1000);
    expect(moments.length).toBe(session.moments.length);
    session.moments.forEach(({ confidence, detected, ...written }, i) => {
      expect(moments[i]).toMatchObject({ ...written, detected: at(detected), ended: at(written.last) });
      expect(Math.abs(moments[i].confidence - confidence)).toBeLessThan(1e-6);
    });
  });
});

test('a moment is told when it opens, when it is surer or names its topic, and when it closes', () => {
  const { notices } = run(named('search_view_add_purchase'));
  expect(notices.map(n => [n.type, n.moment.state])).toEqual([
    ['open', 'open'],
    ['close', 'converted'],
    ['open', 'open'],
    ['change', 'open'],
    ['close', 'converted'],
  ]);
  expect(notices[0].moment.evidence[0]).toEqual({ event_id: '1', signal: 'search:red shoes size 42', weight: 1.5 });
});

test('silence closes a moment without another event', () => {
  const fold = createMoments(defaults);
  fold.push({ event_id: '1', t: 0, event: 'begin_checkout' });
  expect(fold.idle(300_000)).toEqual([]);
  expect(fold.idle(300_001).map(n => n.moment.state)).toEqual(['expired']);
  expect(fold.end()).toEqual([]);
});

test('the next page goes on where the last one stopped', () => {
  const whole = run(named('search_view_add_purchase'));
  let state: any;
  const notices = events(named('search_view_add_purchase')).flatMap(e => {
    const fold = createMoments(defaults, state && JSON.parse(state));
    const out = fold.push(e);
    state = JSON.stringify(fold.state);
    return out;
  });
  expect(JSON.stringify(notices)).toBe(JSON.stringify(whole.notices));
});

test.runIf(process.env.HETK_ALL)('an event takes less than 0.15 ms', () => {
  const sent = Array.from({ length: 20_000 }, (_, i) => ({
    event_id: '' + i,
    t: i * 9000,
    event: ['view_item', 'page_view', 'engagement', 'search'][i % 4],
    product_id: 'p' + (i % 50),
    category: 'c' + (i % 3),
    url_path: '/p/' + i,
    search_norm: i % 4 == 3 ? 'query ' + i : undefined,
    buy: 0.5,
    visible_ms: 12_000,
  }));
  const fold = createMoments(defaults);
  const started = process.cpuUsage(); // not the clock: the machine is shared
  for (const e of sent) fold.push(e);
  expect((process.cpuUsage(started).user / 1000) / sent.length).toBeLessThan(0.15);
});
