import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answerPaths, answers, readMs, readPct } from '../../src/capture/engagement';
import { pageType } from '../../src/moments/evidence';

const rules = JSON.parse(readFileSync(new URL('../../../warehouse/models/30_moments/moment_defaults.json', import.meta.url), 'utf8'));
const { seconds, scroll, pages } = rules.outcome.engagement;

test('an answer is told to be read exactly when the rules of moments take it for one', () => {
  expect([readMs, readPct]).toEqual([seconds * 1000, scroll]);
  const known = Object.keys(rules.page);
  expect(known.filter(page => answers.test(page)).sort()).toEqual([...pages].sort());
  for (const part of Object.keys(rules.path)) {
    const page = pageType({ url_path: `/x/${part}/y` } as any, rules);
    expect([part, answerPaths.test(`/x/${part}/y`)]).toEqual([part, pages.includes(page)]);
  }
});
