// Runs the browser suites one after the other, the engines of a suite side by side; a missing engine is named.
// Without arguments: what the gate has room for, in Chromium. `--all`: every suite, row and engine.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missing } from './machine.mjs';

const all = process.argv.includes('--all');
const gate = ['closed tab, collector 400 ms slow, without consent', 'off the network, closed, opened again', '503 for six seconds, with consent'];
const suites = all ? ['contract', 'behaviour', 'capture', 'moments', 'more', 'delivery'] : ['contract', 'delivery'];

for (const engine of all ? ['chromium', 'firefox', 'webkit'] : ['chromium']) {
  const why = missing(engine);
  if (why) console.error(`SKIPPED: browser tests in ${engine}: ${why}`);
}
const file = name => fileURLToPath(new URL(`./${name}.test.mjs`, import.meta.url));
const { HETK_JUNIT: folder, ...env } = process.env;
let failed = 0;
for (const suite of suites) {
  const report = folder ? ['--test-reporter=junit', `--test-reporter-destination=${join(folder, `SDK-${suite}.xml`)}`] : [];
  const rows = suite === 'delivery' && !all ? gate.map(row => `--test-name-pattern=${row}`) : [];
  const { status } = spawnSync(
    process.execPath,
    // Forced: a socket of a browser that was killed on purpose can keep a finished suite from ending.
    ['--test', '--test-force-exit', '--test-reporter=spec', '--test-reporter-destination=stdout', ...report, ...rows, file(suite)],
    { stdio: 'inherit', env: all ? env : { ...env, HETK_ENGINES: 'chromium' } },
  );
  failed ||= status ?? 1;
}
process.exit(failed);
