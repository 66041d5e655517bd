import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answerPaths, answers, readMs } from '../../src/capture/engagement';
import { pageKind } from '../../src/moments/evidence';

const rules = JSON.parse(readFileSync(new URL('../../../warehouse/models/30_moments/moment_defaults.json', import.meta.url), 'utf8'));

test('an answer is told to be read exactly when the rules of moments take it for one', () => {
  expect(readMs).toBe(rules.read_visible_ms);
  const is = (page: string | undefined): boolean => rules.read_pages.includes(page);
  const kinds = new Set<string>([...Object.keys(rules.pages), ...Object.values<string>(rules.pages)]);
  for (const type of kinds) expect([type, answers.test(type)]).toEqual([type, is(pageKind({ page_type: type } as any, rules))]);
  for (const part of Object.keys(rules.path)) {
    const path = `/x/${part}/y`;
    expect([part, answerPaths.test(path)]).toEqual([part, is(pageKind({ url_path: path } as any, rules))]);
  }
});
