import { expect, test } from 'vitest';
import { toJson } from '../../src/json';
import { clean } from '../../src/more/clean';
// @ts-ignore plain JavaScript, shared with the browser suite
import { golden } from '../golden.mjs';

const accepted = golden.filter((g: any) => g.batch && g.expect.status === 200 && !g.expect.rejected.length);

test('there are golden batches to read', () => expect(accepted.length).toBeGreaterThanOrEqual(12));

for (const { name, batch } of accepted) {
  test(`${name}: what the collector accepts is what the serializer writes`, () => {
    expect(JSON.parse(toJson(batch))).toEqual(batch);
    for (const { id, props } of batch.events) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      if (props) expect(clean(props, () => expect.fail('left out'))).toEqual(props);
    }
  });
}
