// The golden batches of tests/contract: read here, by pytest and by the browser suite.
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../tests/contract/batches/', import.meta.url);

export const golden = readdirSync(folder)
  .filter(name => name.endsWith('.json'))
  .map(name => ({ name: name.slice(0, -5), ...JSON.parse(readFileSync(new URL(name, folder), 'utf8')) }));
