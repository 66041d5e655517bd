// Runs the browser suites one after the other, the engines of a suite side by side; a missing engine is named.
// Without arguments: what the gate has room for, in Chromium. `--all`: every suite, row and engine; a row that fails runs again, twice
// at most and alone, and each time a line `RERUN: <row>` says so (tests/report.py counts them).
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missing } from './machine.mjs';
import { again, junit, noted } from './rerun.mjs';

const all = process.argv.includes('--all');
const gate = {
  delivery: ['closed tab, collector 400 ms slow, without consent', 'off the network, closed, opened again', '503 for six seconds, with consent'],
  act: ['a slot is filled', 'something personal, consent unknown', 'something personal, consent yes:', 'three tabs at once'],
  why: ['opened: the reason'],
};
const suites = all ? ['contract', 'behaviour', 'capture', 'moments', 'act', 'why', 'more', 'delivery', 'planted'] : ['contract', 'act', 'why', 'delivery'];

for (const engine of all ? ['chromium', 'firefox', 'webkit'] : ['chromium']) {
  const why = missing(engine);
  if (why) console.error(`SKIPPED: browser tests in ${engine}: ${why}`);
}
const { HETK_JUNIT: folder, ...env } = process.env;

/** One suite, or the rows of it that match; what became of them goes to the file `notes`. */
function run(suite, rows, notes, more = {}) {
  const reporter = fileURLToPath(new URL('rerun.mjs', import.meta.url));
  const { status } = spawnSync(
    process.execPath,
    // Forced: a socket of a browser that was killed on purpose can keep a finished suite from ending.
    ['--test', '--test-force-exit', '--test-reporter=spec', '--test-reporter-destination=stdout',
      `--test-reporter=${reporter}`, '--test-reporter-destination=stderr',
      ...rows.map(row => `--test-name-pattern=${row}`), fileURLToPath(new URL(`${suite}.test.mjs`, import.meta.url))],
    { stdio: 'inherit', env: { ...env, HETK_ROWS: notes, ...(all ? more : { HETK_ENGINES: 'chromium' }) } },
  );
  return status ?? 1;
}

let failed = 0;
for (const suite of suites) {
  const found = noted(notes => run(suite, (!all && gate[suite]) || [], notes));
  failed ||= all ? again(found, (rows, notes, more) => run(suite, rows, notes, more)) : found.code;
  if (folder) writeFileSync(join(folder, `SDK-${suite}.xml`), junit(found.rows));
}
process.exit(failed);
