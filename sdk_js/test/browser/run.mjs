// Runs the browser suites one after the other, the engines of a suite side by side. No retries; a missing engine is named.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { missing } from './machine.mjs';

for (const engine of ['chromium', 'firefox', 'webkit']) {
  const why = missing(engine);
  if (why) console.error(`SKIPPED: browser tests in ${engine}: ${why}`);
}
const file = name => fileURLToPath(new URL(`./${name}.test.mjs`, import.meta.url));
const { status } = spawnSync(
  process.execPath,
  // Forced: a socket of a browser that was killed on purpose can keep a finished suite from ending.
  ['--test', '--test-force-exit', '--test-concurrency=1', '--test-reporter=spec', file('contract'), file('behaviour'), file('moments'), file('more'), file('delivery')],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
