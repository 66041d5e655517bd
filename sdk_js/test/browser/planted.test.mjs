// The rows can fail: bugs are planted into the built file, one at a time, and the row that guards against each must go red.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { discard, missing, temporary } from './machine.mjs';

const sdk = fileURLToPath(new URL('../../', import.meta.url));
const offline = 'off the network, closed, opened again';
const bugs = [
  { bug: 'the journal forgets what is sent before the answer', row: offline, plant: { 'transport.ts': ['  flying += size;\n', '  flying += size;\n  forget(batch);\n'] } },
  { bug: 'nobody adopts what a dead tab left', row: offline, plant: { 'journal.ts': ['if (item.token < token && ', 'if (item.token < "" && '] } },
  { bug: 'nothing is written to the journal', row: offline, plant: { 'journal.ts': ['  store.put(item);\n', ''] } },
  { bug: 'what a 503 refused is not tried again', row: '503 for six seconds, with consent', plant: { 'transport.ts': ['/^4(?!08|29)/', '/^[45](?!08|29)/'] } },
  {
    bug: 'what waits when the page goes stays behind', row: 'closed tab, collector 400 ms slow, without consent',
    plant: { 'hetk.ts': ['  flush(leaving);\n', ''], 'transport.ts': ['arm()', 'arm(batchDelayMs)'] },
  },
  { bug: 'Retry-After is not read', row: 'Retry-After is heeded', plant: { 'transport.ts': ["headers?.get('retry-after')", '0'] } },
  { bug: 'a 403 erases what the device holds', row: '403: what was refused is kept on the device, tried again after an hour, and not before', plant: { 'transport.ts': ['/^40[13]/', '/^999/'] } },
  { bug: 'any 200 counts as stored', suite: 'behaviour', row: 'refused, unreachable and babbling collectors lose nothing', plant: { 'transport.ts': ['answer.ok && (await answer.json()).accepted', '+answer.ok || undefined'] } },
  { bug: 'the first batch does not wait for the second file', suite: 'capture', row: 'the kind of the page goes with its view, though the second file comes late', plant: { 'transport.ts': ['heard[0] ? untypedDelayMs : ', ''] } },
  { bug: 'clicks before the second file are not kept', suite: 'capture', row: 'a click before the second file is there waits for it', plant: { 'hetk.ts': ['  hear(e.type, e, e.composedPath());\n', '  if (!heard[0]) hear(e.type, e, e.composedPath());\n'] } },
];

/** A copy of the SDK whose core has the bug. */
async function planted(folder, plant) {
  for (const name of ['src', 'dist', 'test']) cpSync(join(sdk, name), join(folder, name), { recursive: true });
  symlinkSync(join(sdk, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, [there, becomes]] of Object.entries(plant)) {
    const path = join(folder, 'src', file);
    const code = readFileSync(path, 'utf8');
    assert.ok(code.includes(there), `${file} has ${there}`);
    writeFileSync(path, code.replaceAll(there, becomes));
  }
  const more = readFileSync(join(folder, 'dist/hetk-more.mjs'));
  const hash = kind => createHash('sha256').update(more).digest(kind);
  const build = await rolldown({
    input: join(folder, 'src/script.ts'),
    cwd: folder,
    transform: { define: { HETK_VERSION: '"planted"', HETK_MORE: JSON.stringify([`/hetk-more-${hash('hex').slice(0, 12)}.mjs`, `sha256-${hash('base64')}`]) } },
  });
  await build.write({ file: join(folder, 'dist/hetk.js'), format: 'iife' });
  await build.close();
}

/** The exit code of a row in that copy. */
const outcome = (folder, suite, row) =>
  new Promise(ok => {
    const { NODE_TEST_CONTEXT, ...env } = process.env; // else it would report to this run
    const pattern = `/^${row.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$/`;
    const child = spawn(process.execPath, ['--test', '--test-force-exit', '--test-reporter=tap', `--test-name-pattern=${pattern}`, `test/browser/${suite}.test.mjs`], {
      cwd: folder, env: { ...env, HETK_ENGINES: 'chromium' },
    });
    let said = '';
    child.stdout.on('data', chunk => (said += chunk));
    child.on('exit', code => ok({ code, ran: said.includes(row), said }));
  });

describe('planted bugs', { skip: missing('chromium'), concurrency: 2, timeout: 600_000 }, () => {
  let root;
  before(() => (root = temporary()));
  after(() => discard(root));

  for (const [i, { bug, row, suite = 'delivery', plant }] of bugs.entries()) {
    test(`${bug}: seen by "${row}"`, { timeout: 200_000 }, async () => {
      const folder = join(root, `${i}`);
      mkdirSync(folder);
      await planted(folder, plant);
      const { code, ran, said } = await outcome(folder, suite, row);
      assert.ok(ran, said);
      assert.notEqual(code, 0, 'the row went green');
    });
  }

  test('the same copy without a bug is green', { timeout: 200_000 }, async () => {
    const folder = join(root, 'sound');
    mkdirSync(folder);
    await planted(folder, {});
    const { code, said } = await outcome(folder, 'delivery', offline);
    assert.equal(code, 0, said);
  });
});
