import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { arrival } from '../../src/moments/arrival';

const file = new URL('../../../tests/contract/arrivals.json', import.meta.url);
const golden: { url: string; ref: string; channel: string; social_kind: string | null }[] = JSON.parse(readFileSync(file, 'utf8'));

test.each(golden.map(g => [g.url, g.ref, g] as const))('%s from %s', (url, ref, { channel, social_kind }) => {
  const told = arrival(url, ref);
  expect([told.channel, told.social_kind ?? null]).toEqual([channel, social_kind]);
});

test.runIf(process.env.HETK_ALL)('an arrival is read in less than 0.05 ms', () => {
  const begun = performance.now();
  for (let i = 0; i < 20; i++) for (const { url, ref } of golden) arrival(url, ref);
  expect((performance.now() - begun) / 20 / golden.length).toBeLessThan(0.05);
});
