// The calls of each golden batch are made in a real browser; what reaches the collector must equal the batch.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { until } from '../collector.mjs';
import { golden } from '../golden.mjs';
import { chromium } from './chromium.mjs';
import { missing } from './machine.mjs';
import { html, ready, startSite } from './site.mjs';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A batch without what differs from run to run: times and random ids become marks once they have been checked. */
const plain = (batch, origin) => {
  const text = JSON.stringify(batch).replaceAll(origin, 'https://shop.example');
  const { sent, key, ctx, events, ...rest } = JSON.parse(text);
  assert.ok(Number.isInteger(sent));
  for (const name of ['visitor', 'session']) if (name in ctx) assert.match(ctx[name], uuid);
  return {
    ...rest,
    ctx: { ...ctx, ...('visitor' in ctx && { visitor: 'one', session: 'one' }) },
    events: events.map(({ id, t, ...event }) => {
      assert.match(id, uuid);
      assert.ok(Number.isInteger(t) && t <= sent, `${t} <= ${sent}`);
      return event;
    }),
  };
};

describe('golden batches', { skip: missing('chromium'), timeout: 120_000 }, () => {
  let site;
  let shown;
  before(async () => {
    site = await startSite({ files: { '*': () => ({ body: html(shown) }) } });
  });
  after(() => site?.stop());

  for (const { name, about, page, calls, batch } of golden.filter(g => g.calls)) {
    test(`${name}: ${about}`, async () => {
      shown = page;
      site.reset();
      const browser = await chromium({ options: { timezoneId: 'Europe/Tallinn', locale: 'en-US' } });
      try {
        if (page.gpc) await browser.context.addInitScript(`Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })`);
        const tab = await browser.page();
        await tab.goto(site.url + page.path);
        await tab.run(ready);
        if (page.goto) await tab.run(`to => new Promise(ok => { history.pushState({}, '', to); setTimeout(ok, 50) })`, page.goto);
        for (const call of calls) await tab.run(`call => hetk(...call)`, call);
        await tab.run(`() => hetk('flush')`);
        // Context cuts batches: the golden one is that of the last call; events before an answer have their own.
        const expected = plain(batch, site.url);
        const found = await until(() => {
          const same = site.books.requests.map(r => plain(r.batch, site.url)).filter(b => isDeepStrictEqual(b.ctx, expected.ctx));
          const events = same.flatMap(b => b.events).filter(e => e.event !== 'engagement');
          return events.length >= expected.events.length && { ...same[0], events };
        }, `a batch with the context ${JSON.stringify(expected.ctx)}; have ${JSON.stringify(site.books.requests.map(r => r.batch.ctx))}`);
        assert.deepEqual(found, expected);
      } finally {
        await browser.close();
      }
    });
  }
});
