import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/act/decide';
import { murmur3, pick } from '../../src/act/pick';
import { settle } from '../../src/act/state';
import { answer } from '../act/golden';

const folder = fileURLToPath(new URL('../../../tests/contract/act/', import.meta.url));
const read = (name: string): any => JSON.parse(readFileSync(folder + name, 'utf8'));
const cases: any[] = readdirSync(folder).flatMap(name => (/base|hash/.test(name) ? [] : read(name)));

/** The base with a case's changes; {"ago": ms} is so long before the context's `now`. */
function asked(changes: Record<string, unknown>): any {
  const tree = read('base.json');
  for (const path in changes) {
    const way = path.split('.');
    const last = way.pop()!;
    way.reduce((at, step) => (at[step] ??= {}), tree)[last] = changes[path];
  }
  return JSON.parse(JSON.stringify(tree), (_, value) => (value?.ago == null ? value : tree.ctx.now - value.ago));
}

describe('golden decisions', () => {
  test.each(cases.map(c => [c.name, c] as const))('%s', (_, { set, gives }) => {
    expect((answer(asked(set)) as any).decision).toMatchObject(gives);
  });
});

test.each<[string, number]>(read('hash.json').murmur3)('the hash of %j', (text, hash) => expect(murmur3(text)).toBe(hash));
test.each<[string[], number, number]>(read('hash.json').pick)('pick(%j, %d)', (parts, n, one) => expect(pick(parts, n)).toBe(one));
test('half an emoji is the replacement character', () => expect(murmur3('a\ud83d')).toBe(murmur3('a\ufffd')));

test('a condition of a later version is never taken for met', () => {
  expect((answer(asked({ 'act.list.0.when.weather': ['rain'] })) as any).decision.suppressed_by).toBe('unknown:weather');
});

test('a decision tells its parts in the order of the warehouse', () => {
  const order = 'place chosen holdout action revision kind variant basis weight weight_total hold suppressed_by reasons';
  for (const set of [{}, { act: null }]) expect(Object.keys((answer(asked(set)) as any).decision).join(' ')).toBe(order);
});
