// The nearest open store: hours in the store's own zone, to the minute, past midnight and over a change of the clocks.
import { expect, test } from 'vitest';
import { type Store, distance, metres, nearest, openUntil } from '../../src/act/near';

const week = (spans: [number, number][]): [number, number][][] => Array.from({ length: 7 }, () => spans);
const store = (more: Partial<Store> = {}): Store => ({ id: 'a', name: 'A', lat: 58.38, lon: 26.72, zone: 'Europe/Tallinn', open: week([[600, 1140]]), ...more });
const at = (text: string): number => Date.parse(text);

test.each([
  ['2026-11-30T09:59:59+02:00', undefined],
  ['2026-11-30T10:00:00+02:00', 1140],
  ['2026-11-30T18:59:59+02:00', 1140],
  ['2026-11-30T19:00:00+02:00', undefined],
  ['2026-07-01T10:00:00+03:00', 1140], // summer time is the store's, not the device's
  ['2026-07-01T10:00:00+02:00', 1140],
  ['2026-07-01T09:59:00+03:00', undefined],
])('10 to 19 in Tallinn, at %s', (now, until) => expect(openUntil(store(), at(now))).toBe(until));

test('each day has its hours, Sunday first', () => {
  const open = week([]);
  open[6] = [[600, 960]]; // Saturday
  expect(openUntil(store({ open }), at('2026-11-28T12:00:00+02:00'))).toBe(960);
  expect(openUntil(store({ open }), at('2026-11-29T12:00:00+02:00'))).toBeUndefined();
});

test('a pause at noon', () => {
  const one = store({ open: week([[540, 720], [780, 1020]]) });
  expect([700, 720, 779, 780].map(m => openUntil(one, at('2026-11-30T00:00:00+02:00') + m * 60_000))).toEqual([720, undefined, undefined, 1020]);
});

test('past midnight belongs to the evening it began in, also when that day is a closed one', () => {
  const open = week([]);
  open[5] = [[1080, 1560]]; // Friday 18:00 to 02:00
  expect(openUntil(store({ open }), at('2026-11-27T23:59:00+02:00'))).toBe(120);
  expect(openUntil(store({ open }), at('2026-11-28T01:59:00+02:00'))).toBe(120);
  expect(openUntil(store({ open }), at('2026-11-28T02:00:00+02:00'))).toBeUndefined();
  expect(openUntil(store({ open, closed: ['2026-11-27'] }), at('2026-11-28T01:00:00+02:00'))).toBeUndefined();
  expect(openUntil(store({ open, closed: ['2026-11-28'] }), at('2026-11-28T01:00:00+02:00'))).toBe(120);
});

test('the nearest that is open, not the nearest', () => {
  const here = { lat: 59.43, lon: 24.74 };
  const tallinn = store({ id: 't', lat: 59.4397, lon: 24.729 });
  const tartu = store({ id: 'u', lat: 58.3816, lon: 26.721, open: week([[0, 1440]]) });
  expect(nearest([tartu, tallinn], here, at('2026-11-30T12:00:00+02:00'))?.store.id).toBe('t');
  const late = nearest([tartu, tallinn], here, at('2026-11-30T22:00:00+02:00'))!;
  expect([late.store.id, Math.round(late.away / 1000), late.until]).toEqual(['u', 163, 0]);
  expect(nearest([tallinn], here, at('2026-11-30T22:00:00+02:00'))).toBeUndefined();
  expect(nearest([], here, 0)).toBeUndefined();
});

test('metres across the date line and at the poles', () => {
  expect(Math.round(metres({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 }) / 1000)).toBe(111);
  expect(Math.round(metres({ lat: 90, lon: 0 }, { lat: -90, lon: 0 }) / 1000)).toBe(20015);
  expect(metres({ lat: 58, lon: 26 }, { lat: 58, lon: 26 })).toBe(0);
});

test('distances as people say them', () => {
  expect([87, 994, 3420, 25_400].map(m => distance(m, 'en'))).toEqual(['90 m', '990 m', '3.4 km', '25 km']);
  expect(distance(3420, 'et')).toBe('3,4 km');
});
