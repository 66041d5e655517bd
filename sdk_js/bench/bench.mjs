// hetk and its peers come in, a table of size, load, cost per event, heap, traffic and delivery goes out (docs/benchmarks-sdk.md).
// Usage: node bench.mjs [--rounds 5]. Medians of the rounds; every tracker in the same run, in the same browser.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import { minify } from 'terser';
import { lazy } from '../test/browser/site.mjs';
import { startSink } from './sink.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 5;
const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-blink-features=AutomationControlled', '--enable-precise-memory-info',
];
const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const sleep = ms => new Promise(ok => setTimeout(ok, ms));
const median = list => list.slice().sort((a, b) => a - b)[list.length >> 1];

async function bundle(peer) {
  const build = await rolldown({ input: join(here, 'peers', `${peer}.js`), cwd: here, platform: 'browser' });
  const { output } = await build.generate({ format: 'iife' });
  await build.close();
  return (await minify(output[0].code, { ecma: 2020, compress: { passes: 2 }, mangle: { toplevel: true } })).code;
}

const hetk = readFileSync(join(here, '../dist/hetk.js'));
const files = { '/hetk.js': hetk, '/hetk-bench.js': await bundle('hetk') };
for (const [path, { body }] of Object.entries(lazy())) files[path] = body;
const trackers = { empty: '', hetk: '', 'hetk, consented': '' };
for (const peer of ['plausible', 'snowplow', 'posthog']) {
  files[`/${peer}.js`] = await bundle(peer);
  trackers[peer] = `<script async src="/${peer}.js"></script>`;
}
trackers.hetk = '<script async src="/hetk-bench.js"></script><script async src="/hetk.js" data-key="wk_bench"></script>';
trackers['hetk, consented'] = trackers.hetk;
files['*'] = request => {
  const name = decodeURIComponent(request.url.split('/')[1].split('?')[0]);
  const yes = name === 'hetk, consented' ? "<script>window.hetk=function(){(hetk.q=hetk.q||[]).push(arguments)};hetk('consent',{analytics:true})</script>" : '';
  return `<!doctype html><title>bench</title>${yes}${trackers[name] ?? ''}<body><button id="b" data-hetk-event="pressed">b</button><p>${'text '.repeat(2000)}`;
};
const sink = await startSink(files);

async function launch(profile) {
  return chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', args: flags, ignoreDefaultArgs: ['--enable-automation'], userAgent: agent,
  });
}
const fresh = () => mkdtempSync(join(tmpdir(), 'hetk-bench-'));
const discard = dir => rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

async function withPage(name, work, { throttle, bare } = {}) {
  const profile = fresh();
  const context = await launch(profile);
  try {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable');
    if (throttle) await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle });
    const metrics = async () => Object.fromEntries((await cdp.send('Performance.getMetrics')).metrics.map(m => [m.name, m.value]));
    await page.addInitScript('window.long = []; new PerformanceObserver(l => long.push(...l.getEntries().map(e => e.duration))).observe({ type: "longtask", buffered: true })');
    await page.goto(`${sink.url}/${encodeURIComponent(name)}`, { waitUntil: 'load' });
    if (name !== 'empty' && !bare) await page.waitForFunction('window.send && (!window.hetk || hetk.s)');
    return await work({ page, cdp, metrics, context });
  } finally {
    await context.close();
    discard(profile);
  }
}

async function costs(name) {
  const load = await withPage(name, async ({ page, cdp, metrics }) => {
    await sleep(2000);
    const { ScriptDuration } = await metrics();
    await cdp.send('HeapProfiler.collectGarbage');
    const { JSHeapUsedSize } = await metrics();
    if (name === 'empty') return { script: ScriptDuration * 1000, heap: JSHeapUsedSize };
    const loop = send => page.evaluate(async real => {
      const call = real ? window.send : () => {};
      for (let i = 0; i < 300; i++) {
        call('bench', { i, plan: 'pro' });
        await new Promise(ok => setTimeout(ok, 2));
      }
    }, send);
    const spent = async work => {
      const { TaskDuration } = await metrics();
      await work();
      await sleep(1500); // until what was batched has been sent
      return (await metrics()).TaskDuration - TaskDuration;
    };
    const idle = await spent(() => loop(false));
    const busy = await spent(() => loop(true));
    const ends = await page.evaluate(async () => {
      const times = [];
      for (let i = 0; i < 300; i++) {
        const start = performance.now();
        window.send('bench', { i, plan: 'pro' });
        times.push(performance.now() - start);
        await new Promise(ok => setTimeout(ok, 2));
      }
      return times.sort((a, b) => a - b);
    });
    const clicks = await page.evaluate(async () => {
      const times = [];
      for (let i = 0; i < 100; i++) {
        const start = performance.now();
        document.querySelector('#b').click();
        times.push(performance.now() - start);
        await new Promise(ok => setTimeout(ok, 2));
      }
      return times.sort((a, b) => a - b);
    });
    return {
      script: ScriptDuration * 1000, heap: JSHeapUsedSize,
      event: ((busy - idle) * 1000) / 300, call: ends[150], call95: ends[285], click95: clicks[95],
    };
  }, { bare: true });
  load.long = await withPage(name, async ({ page }) => (await sleep(1500), page.evaluate('long.length')), { throttle: 4, bare: true });
  return load;
}

/** A page view, three pushStates, twenty clicks, one event of its own, the end. */
async function visit(name) {
  sink.clear();
  await withPage(name, async ({ page }) => {
    for (let i = 0; i < 3; i++) {
      await page.evaluate(n => history.pushState({}, '', `/${n}`), `page${i}`);
      await sleep(100);
    }
    await page.evaluate(() => document.querySelector('#b').removeAttribute('data-hetk-event'));
    for (let i = 0; i < 20; i++) {
      await page.click('#b');
      await sleep(50);
    }
    await page.evaluate(() => window.send('signed_up', { plan: 'pro' }));
    await sleep(300);
    await page.close();
    await sleep(1500);
  });
  return [sink.requests, sink.bytes];
}

const kill = profile => {
  for (const pid of execFileSync('pgrep', ['-f', `user-data-dir=${profile}`], { encoding: 'utf8' }).trim().split('\n')) {
    try {
      process.kill(+pid, 'SIGKILL');
    } catch {} // a child may be gone with its parent
  }
};

/** One row of the delivery table: how many of the marked events arrived. */
async function delivery(name, { n = 20, pad = 0, tabs = 1, trouble, end, reopen }) {
  const profile = fresh();
  const open = async (context = undefined) => {
    context = context ?? (await launch(profile));
    const page = await context.newPage();
    await page.goto(`${sink.url}/${encodeURIComponent(name)}`, { waitUntil: 'load' });
    await page.waitForFunction('window.send && (!window.hetk || hetk.s)');
    return { context, page };
  };
  let { context, page } = await open();
  const pages = [page];
  while (pages.length < tabs) pages.push((await open(context)).page);
  await sleep(1500);
  sink.clear();
  await trouble?.({ context, page });
  for (const [tab, one] of pages.entries()) {
    await one.evaluate(([from, to, text]) => {
      for (let i = from; i < to; i++) window.send('marked', { mark: `m${i}m`, text });
    }, [(n * tab) / tabs, (n * (tab + 1)) / tabs, 'x'.repeat(pad)]);
  }
  await end({ context, page, profile, another: () => open(context) });
  if (reopen) {
    await context.close().catch(() => {});
    ({ context, page } = await open());
    await sleep(4000);
  }
  const wire = [...sink.marks.values()].reduce((a, b) => a + b, 0);
  const arrived = sink.marks.size;
  await context.close().catch(() => {});
  discard(profile);
  return arrived + (wire > arrived ? ` (+${wire - arrived})` : '');
}

const slow = () => (sink.delay = 400);
const tabsOffline = (tabs, n) => ({
  n, tabs,
  trouble: ({ context }) => context.setOffline(true),
  async end({ context, another }) {
    await sleep(1500);
    for (const page of context.pages().slice(-tabs / 2)) await page.close();
    await context.setOffline(false);
    await another();
    await sleep(5000);
  },
});
const rows = {
  'closed, 400 ms slow (20)': { trouble: slow, end: async ({ page }) => (await page.close(), sleep(1500)) },
  'left, 400 ms slow (20)': { trouble: slow, end: async ({ page }) => (await page.goto('about:blank'), sleep(1500)) },
  'burst 100 x 1.2 KB, closed (100)': { n: 100, pad: 1200, trouble: slow, end: async ({ page }) => (await page.close(), sleep(2000)) },
  'the same, opened again (100)': { n: 100, pad: 1200, trouble: slow, end: async ({ page }) => (await page.close(), sleep(2000)), reopen: true },
  'SIGKILL, opened again (20)': { trouble: slow, end: async ({ profile }) => (kill(profile), sleep(500)), reopen: true },
  'offline, back within 5 s (10)': { n: 10, trouble: ({ context }) => context.setOffline(true), end: async ({ context }) => (await sleep(2500), await context.setOffline(false), sleep(5000)) },
  'offline, closed, opened again (10)': { n: 10, trouble: ({ context }) => context.setOffline(true), end: async ({ context }) => (await sleep(1500), context.close()), reopen: true },
  '2 tabs offline, one closed, one more opened (10)': tabsOffline(2, 10),
  '20 tabs offline, half closed, one more opened (100)': tabsOffline(20, 100),
  'crash of the renderer, opened again (20)': { trouble: slow, end: ({ page }) => page.goto('chrome://crash').catch(() => {}), reopen: true },
  '503 for 6 s (10)': { n: 10, trouble: () => (sink.status = 503), end: async () => (await sleep(6000), (sink.status = 200), sleep(10_000)) },
};

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1].split(';') : undefined;
const names = Object.keys(trackers).filter(t => t !== 'empty' && (only?.includes(t) ?? true));
const gz = text => gzipSync(text, { level: 9 }).length;
const table = [['', ...names]];
const bytes = { hetk: gz(hetk), 'hetk, consented': gz(hetk) };
table.push(['gzip -9, bytes', ...names.map(t => (bytes[t] ?? gz(files[`/${t}.js`])).toLocaleString('en'))]);

const all = Object.entries(lazy()).filter(([path]) => !/-(lang|intent|act|slots|why|near)-/.test(path)).reduce((sum, [, { body }]) => sum + gz(body), gz(hetk));
table.push(['the same with everything on (languages apart)', ...names.map(t => (t in bytes ? all.toLocaleString('en') : ''))]);

const taken = Object.fromEntries(['empty', ...names].map(t => [t, []]));
for (let round = 0; round < rounds; round++) for (const t of ['empty', ...names]) taken[t].push(await costs(t));
const of = (t, field) => median(taken[t].map(c => c[field]));
const above = (t, field) => of(t, field) - of('empty', field);
/** A figure of each tracker, and how many times Plausible's it is. */
const row = (title, figure, digits) => {
  const yardstick = names.includes('plausible') && figure('plausible');
  table.push([title, ...names.map(t => figure(t).toFixed(digits) + (yardstick > 0 && t !== 'plausible' ? ` (${(figure(t) / yardstick).toFixed(2)}x)` : ''))]);
};
row('script at load, ms', t => above(t, 'script'), 2);
row('long tasks at 4x throttle, above the empty page', t => Math.max(0, above(t, 'long')), 0);
row('main thread per event, ms', t => of(t, 'event'), 3);
row('the call itself p50, ms', t => of(t, 'call'), 2);
row('the call itself p95, ms', t => of(t, 'call95'), 2);
row('click handler p95, ms', t => of(t, 'click95'), 2);
row('heap over an empty page, KB', t => above(t, 'heap') / 1000, 0);
const visits = [];
for (const t of names) visits.push(await visit(t));
table.push(['fixed visit: requests / KB', ...visits.map(([n, b]) => `${n} / ${(b / 1000).toFixed(1)}`)]);
for (const [row, plan] of Object.entries(process.argv.includes('--costs') ? {} : rows)) {
  const line = [row];
  for (const t of names) line.push(await delivery(t, plan));
  table.push(line);
}
await sink.stop();

const width = table[0].map((_, i) => Math.max(...table.map(r => String(r[i]).length)));
const text = table.map(r => `| ${r.map((c, i) => String(c).padEnd(width[i])).join(' | ')} |`);
text.splice(1, 0, `|${width.map(w => '-'.repeat(w + 2)).join('|')}|`);
console.log(text.join('\n'));
if (only || process.argv.includes('--costs')) process.exit();
const page = join(here, '../../docs/benchmarks-sdk.md');
const [head] = readFileSync(page, 'utf8').split('<!-- table -->');
writeFileSync(page, `${head}<!-- table -->\n${text.join('\n')}\n`);
