// The engine of decisions and 50 campaigns come in; what one decision costs in Chromium goes out (docs/benchmarks-sdk.md).
// Usage: node decide.mjs [--rounds 5]. Each decision is timed by itself, on a page that is cross-origin isolated: its clock tells 5 us.
// A machine that others use too only ever adds time: the best round says most about the engine, the middle one about the machine.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import { minify } from 'terser';

const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 5;
const day = 86_400_000;
const when = { lang: ['en', 'hi'], intent: ['buy'], confidence: 600, category: ['shoes'], words: ['shoes'], hour: [480, 1230] };
const act = {
  v: 1, rev: 1, salt: '5f1c9a3e7b20d846', kill: false, fresh: 60_000, quiet: [1260, 480], reach_day: 1, reach_week: 3, place_cool: 1_800_000, fewer_for: 90 * day,
  list: Array.from({ length: 50 }, (_, i) => ({
    id: 'c' + i, rev: 1, place: 'hero', kind: 'content', basis: 'personal', need: ['personalization'], pri: i % 2, w: 100, hold: 1000, cap: 3, cool: [day, 30 * day],
    when, vars: [{ k: 'a', w: 1 }, { k: 'b', w: 1 }],
  })),
};

const entry = fileURLToPath(new URL('../src/act/decide.ts', import.meta.url));
const build = await rolldown({ input: entry });
const { code } = await minify((await build.generate({ format: 'iife', name: 'engine', exports: 'named' })).output[0].code, { ecma: 2021 });
const headers = { 'content-type': 'text/html', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const server = createServer((_, answer) => answer.writeHead(200, headers).end(`<!doctype html><title>decide</title><script>${code}</script>`));
await new Promise(ok => server.listen(0, '127.0.0.1', ok));

/** Runs in the page: the first decision, then 20,000 after 2,000 that warm it up. What it hands back is in us. */
const measure = act => {
  const at = t => Array.from({ length: 3 }, (_, i) => t - i * 3_600_000);
  const now = 1.8e12;
  const state = { shown: {}, kind: { content: at(now - 2 * 86_400_000) }, reach: [], dis: {}, bad: {}, place: {}, fewer: {}, arm: {} };
  for (let i = 0; i < 50; i += 2) state.shown['c' + i] = at(now - 86_400_000); // all over at this very moment
  const once = n => {
    const ctx = {
      place: 'hero', now, age: 0, tz_off: 120, consent: { personalization: true }, sensitive: false, lang: 'en-GB', unit: 'v:1', draw: '' + n,
      moment: { intent: 'buy', conf: 900, category: 'shoes/red', words: ['red', 'shoes'] },
    };
    const from = performance.now();
    const { chosen, holdout } = engine.decide(act, ctx, state);
    const took = performance.now() - from;
    if (!chosen && !holdout) throw Error('nothing was decided');
    return took * 1000;
  };
  const first = once(0);
  for (let n = 1; n < 2000; n++) once(n);
  const took = Array.from({ length: 20_000 }, (_, n) => once(n)).sort((a, b) => a - b);
  return { first, p50: took[10_000], p99: took[19_800], p999: took[19_980] };
};

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const found = [];
try {
  for (let round = 0; round < rounds; round++) {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    if (!(await page.evaluate(() => crossOriginIsolated))) throw Error('the clock of this page is coarse');
    found.push(await page.evaluate(measure, act));
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}
console.log('a decision among 50 campaigns, us | best round | middle round');
for (const name of ['first', 'p50', 'p99', 'p999']) {
  const sorted = found.map(one => one[name]).sort((a, b) => a - b);
  console.log(`${name.padEnd(5)} | ${sorted[0].toFixed(0)} | ${sorted[sorted.length >> 1].toFixed(0)}`);
}
