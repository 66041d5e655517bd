// A reporter that notes what became of each row, and what to do with the notes: rows that failed run again, alone, at most twice.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** node:test events come in; a line of JSON for each row goes to the file $HETK_ROWS: name, suite, outcome, reason, seconds. */
export default async function* notes(events) {
  const path = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') path.splice(data.nesting, Infinity, data.name);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // A suite passes and fails with its rows; a row that fails has a reason of its own.
    if (data.details.type === 'suite' || data.details.error?.failureType === 'subtestsFailed') continue;
    const outcome = data.skip !== undefined ? 'skipped' : type === 'test:fail' ? 'failed' : 'passed';
    const row = { name: data.name, suite: path[data.nesting - 1] ?? '', outcome, reason: String(data.skip ?? ''), seconds: data.details.duration_ms / 1000 };
    // At once: a suite is forced to end, which cuts off what a stream still holds.
    appendFileSync(process.env.HETK_ROWS, JSON.stringify(row) + '\n');
  }
}

/** Runs `work` with a file for the notes; its exit code and its rows. */
export function noted(work) {
  const folder = mkdtempSync(join(tmpdir(), 'hetk-rows-'));
  const file = join(folder, 'rows');
  try {
    const code = work(file);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return { code, rows: text.split('\n').filter(Boolean).map(line => JSON.parse(line)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const exactly = name => `/^${name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$/`;

/** `run` runs rows by their patterns, with variables of the environment. 0 when all that failed were green in the end; these are then passed. */
export function again({ code, rows: first }, run) {
  const failed = first.filter(row => row.outcome === 'failed');
  if (!code || !failed.length) return code; // it broke outside of its rows: nothing to run again
  let left = 0;
  for (const row of failed) {
    const engine = / in (\w+)$/.exec(row.suite)?.[1];
    for (let turn = 0; row.outcome === 'failed' && turn < 2; turn++) {
      console.log(`RERUN: ${row.suite ? `${row.suite}: ` : ''}${row.name}`);
      const { code, rows } = noted(file => run([exactly(row.name)], file, engine && { HETK_ENGINES: engine }));
      if (!code && rows.some(one => one.name === row.name && one.outcome === 'passed')) row.outcome = 'passed';
    }
    if (row.outcome === 'failed') left = 1;
  }
  return left;
}

const escaped = text => text.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`);
const CHILDREN = { passed: () => '', failed: () => '<failure/>', skipped: row => `<skipped message="${escaped(row.reason)}"/>` };

/** Rows as JUnit XML. */
export function junit(rows) {
  const cases = rows.map(row => {
    const name = `name="${escaped(row.name)}" classname="${escaped(row.suite || 'test')}" time="${row.seconds.toFixed(3)}"`;
    return `<testcase ${name}>${CHILDREN[row.outcome](row)}</testcase>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>\n<testsuites><testsuite name="browser">\n${cases.join('\n')}\n</testsuite></testsuites>\n`;
}
