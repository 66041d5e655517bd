import { expect, test } from 'vitest';
import { uuid } from '../../src/uuid';

test('ids are UUIDv7, carry their time and do not repeat', () => {
  const now = 1_795_000_000_123;
  const ids = Array.from({ length: 5000 }, () => uuid(now));
  expect(new Set(ids).size).toBe(5000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(parseInt(ids[0].replace('-', '').slice(0, 12), 16)).toBe(now);
  expect(uuid(now + 1) > ids[0]).toBe(true);
});
