import { expect, test } from 'vitest';
import { type Consent, merge as combine } from '../../src/consent';

let signal: boolean | undefined;
const gpc = (on: boolean) => (signal = on || undefined);
const merge = (now: Consent, said: Consent) => combine(now, said, signal);

test('an answer holds as given without GPC', () => {
  gpc(false);
  expect(merge({}, { analytics: true, ads: true, ver: 'n3' })).toEqual({ analytics: true, ads: true, ver: 'n3' });
  expect(merge({ analytics: true, ads: true }, { analytics: false })).toEqual({ analytics: false, ads: true });
});

test('words are not answers', () => {
  gpc(false);
  expect(merge({}, { analytics: 'granted' } as any)).toEqual({ analytics: false });
});

test('under GPC "accept all" turns on neither ads nor personalization', () => {
  gpc(true);
  const start = merge({}, {});
  expect(merge(start, { analytics: true, ads: true, personalization: true })).toEqual({
    analytics: true, ads: false, personalization: false, gpc: true,
  });
});

test('under GPC a purpose named alone is what the person asked for, and stays through later general answers', () => {
  gpc(true);
  const agreed = merge(merge({}, {}), { analytics: true });
  const asked = merge(agreed, { ads: true });
  expect(asked).toMatchObject({ ads: true, personalization: false });
  expect(merge(asked, { analytics: true, ads: true, personalization: true })).toMatchObject({ ads: true, personalization: false });
});

test('GPC switched on later overrides a stored yes', () => {
  gpc(true);
  const stored = { analytics: true, ads: true, personalization: true };
  expect(merge(stored, stored)).toEqual({ analytics: true, ads: false, personalization: false, gpc: true });
});
