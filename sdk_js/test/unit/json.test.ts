import { expect, test } from 'vitest';
import { toJson } from '../../src/json';
import { clean } from '../../src/more/clean';

/** What is kept of props, and how many were left out. */
const cleaned = (props: object): [Record<string, unknown>, number] => {
  let dropped = 0;
  const kept = clean(props, () => dropped++);
  return [kept, dropped];
};

test('plain values keep their meaning', () => {
  const value = { a: 1, b: 'लाल जूते', c: [true, null, { d: -1.5e30 }], e: '', f: false, slice: 's', length: 2 };
  expect(JSON.parse(toJson(value))).toEqual(value);
  expect(cleaned(value)).toEqual([value, 0]);
});

test('what JSON has no word for is spelled out, or left out and counted', () => {
  const [kept, dropped] = cleaned({ n: NaN, i: 1 / 0, big: 12n, deep: [{ big: 3n }], f() {}, s: Symbol('x'), u: undefined, d: new Date(0) });
  expect(kept).toEqual({ n: null, i: null, big: '12', deep: [{ big: '3' }], d: '1970-01-01T00:00:00.000Z' });
  expect(dropped).toBe(3);
});

test('cycles, throwing getters, hostile proxies and prototype keys cost their own key', () => {
  const ring: any = { ok: 1, get bad() { throw new Error('no'); } };
  ring.self = ring;
  ring.proxy = new Proxy({}, { ownKeys() { throw new Error('no'); } });
  expect(cleaned(ring)).toEqual([{ ok: 1 }, 3]);
  cleaned(JSON.parse('{"__proto__":{"polluted":1},"a":2}'));
  expect(({} as any).polluted).toBeUndefined();
});

test('half surrogate pairs travel escaped: the body stays valid UTF-8', () => {
  expect(toJson('a\ud83d')).toBe('"a\\ud83d"');
  expect(toJson('😀')).toBe('"😀"');
});

test('a page that overrides JSON later changes nothing', () => {
  const { stringify } = JSON;
  JSON.stringify = () => 'mine';
  try {
    expect(toJson({ a: [1] })).toBe('{"a":[1]}');
  } finally {
    JSON.stringify = stringify;
  }
});

test('a megabyte is shortened, what still does not fit is left out and counted', () => {
  const props = Object.fromEntries(Array.from({ length: 40 }, (_, i) => ['k' + i, 'ж'.repeat(1e6)]));
  expect(JSON.parse(toJson(props)).k0).toHaveLength(4096);
  const [kept, dropped] = cleaned(props);
  expect(new TextEncoder().encode(toJson(kept)).length).toBeLessThan(28_000);
  expect(kept.k0).toHaveLength(4096);
  expect(dropped).toBe(40 - Object.keys(kept).length);
  expect(Object.keys(cleaned(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [i, i])))[0])).toHaveLength(255);
});
