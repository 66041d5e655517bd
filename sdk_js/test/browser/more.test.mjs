// What is switched on beside the core: the browser's vitals, rage and dead clicks, and what /v1/config says before an answer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sleep, until } from '../collector.mjs';
import { chromium } from './chromium.mjs';
import { missing } from './machine.mjs';
import { html, ready, startSite } from './site.mjs';

const laws = { cn: { before: 'opt_in', gpc: false, countries: ['CN'], zones: ['Asia/Shanghai'] }, au: { before: 'opt_in', countries: [], zones: ['Australia/'] } };
const config = (more = {}) => JSON.stringify({ v: 1, site: 'shop', sample: 1, consent: { default: { before: 'cookieless' }, jurisdictions: laws }, ...more });

describe('capture on demand', { skip: missing('chromium'), timeout: 240_000 }, () => {
  const open = async (t, { attributes, body = '', answer = config(), zone = 'Europe/Tallinn', locale = 'et-EE', early }) => {
    const site = await startSite({
      files: {
        '*': { body: html({ attributes, body, early }) },
        '/v1/config': () => (typeof answer == 'function' ? answer() : { body: answer, type: 'application/json' }),
      },
    });
    t.after(() => site.stop());
    const browser = await chromium({ options: { timezoneId: zone, locale } });
    t.after(() => browser.close());
    const tab = await browser.page();
    await tab.goto(site.url + '/p/1');
    await tab.run(ready);
    const named = name => until(() => site.named(name)[0], `${name} among ${JSON.stringify([...site.books.events.values()].map(e => [e.event, e.props]))}`);
    return { site, tab, named };
  };
  const answered = async tab => {
    await tab.run(`() => hetk('on', 'config', () => { window.answered = true })`);
    await until(() => tab.run(`() => !!window.answered`), 'the answer of /v1/config');
  };

  test('vitals: each once, when the page is left', async t => {
    const body = '<h1>A headline that is the largest paint of this page</h1><button id="slow">slow</button><div id="later"></div>';
    const early = `addEventListener('click', e => { if (e.target.id == 'slow') { const end = performance.now() + 120; while (performance.now() < end); } });
      setTimeout(() => { document.querySelector('h1').style.marginTop = '300px' }, 700)`;
    const { site, tab } = await open(t, { attributes: 'data-capture="vitals"', body, early });
    await until(() => tab.run(`() => !!document.querySelector('h1').style.marginTop`), 'the shift');
    await sleep(600); // a click sooner after it would excuse it
    await tab.click('#slow');
    await sleep(500);
    assert.equal(site.named('web_vital').length, 0);
    await tab.goto('about:blank');
    await until(() => site.named('web_vital').length >= 5, `five vitals; have ${JSON.stringify(site.named('web_vital').map(e => e.props))}`);
    const values = Object.fromEntries(site.named('web_vital').map(e => [e.props.name, e.props.value]));
    assert.deepEqual(Object.keys(values).sort(), ['CLS', 'FCP', 'INP', 'LCP', 'TTFB']);
    assert.equal(site.named('web_vital').length, 5);
    assert.ok(values.TTFB > 0 && values.FCP >= values.TTFB && values.LCP >= values.FCP, JSON.stringify(values));
    assert.ok(values.INP >= 112 && values.INP < 20_000, `INP ${values.INP}`);
    assert.ok(values.CLS > 0.01 && values.CLS < 1, `CLS ${values.CLS}`);
  });

  test('three clicks in a second are rage, a click that nothing answers is dead, one that is answered is not', async t => {
    const body = '<button id="stuck" class="buy now">stuck</button><button id="works" onclick="this.append(1)">works</button>';
    const { site, tab, named } = await open(t, { attributes: 'data-capture="clicks"', body });
    await answered(tab);
    await tab.click('#works');
    await sleep(2800);
    await tab.click('#out'); // an outbound link, recorded as such
    await sleep(2800);
    assert.equal(site.named('dead_click').length, 0);
    const { x, y } = await tab.page.locator('#stuck').boundingBox();
    for (let i = 0; i < 4; i++) await tab.page.mouse.click(x + 5, y + 5, { delay: 10 }); // click() looks before each click, which takes a busy machine its time
    assert.equal((await named('rage_click')).props.target, 'button#stuck.buy.now');
    assert.equal((await named('dead_click')).props.target, 'button#stuck.buy.now');
    assert.equal(site.named('rage_click').length, 1);
  });

  test('consent "auto": counted at once where no law asks, held where one does', async t => {
    const free = await open(t, { attributes: 'data-consent="auto"' });
    assert.equal((await free.named('page_view')).ctx.mode, 'cookieless');
    for (const [zone, locale] of [['Asia/Shanghai', 'en-US'], ['Australia/Perth', 'en-AU'], ['UTC', 'zh-CN']]) {
      const { site, tab, named } = await open(t, { attributes: 'data-consent="auto"', zone, locale });
      await answered(tab);
      await tab.run(`() => hetk('flush')`);
      await sleep(300);
      assert.equal(site.books.events.size, 0, `${zone} ${locale}`);
      await tab.run(`() => hetk('consent', { analytics: true })`);
      assert.equal((await named('page_view')).ctx.mode, 'first_party');
    }
  });

  test("the site's own rule is the stricter one", async t => {
    const { site, tab } = await open(t, { attributes: 'data-consent="auto"', answer: config({ consent: { default: { before: 'opt_in' }, jurisdictions: laws } }) });
    await answered(tab);
    await sleep(1500);
    assert.equal(site.books.events.size, 0);
  });

  test('a broken answer changes nothing; a later one counts', async t => {
    let broken = 2;
    const { site, tab, named } = await open(t, {
      attributes: 'data-consent="auto"',
      answer: () => ({ body: broken-- > 0 ? '<html>' : config(), type: 'application/json' }),
    });
    await tab.run(`() => hetk('flush')`);
    await until(() => broken <= 0, 'the broken answers');
    assert.equal(site.books.events.size, 0);
    await named('page_view');
    assert.deepEqual(tab.errors, []);
  });

  test('a visitor outside the sample sends nothing', async t => {
    const { site, tab } = await open(t, { attributes: 'data-consent="auto"', answer: config({ sample: 0 }) });
    await answered(tab);
    await tab.run(`() => { hetk('track', 'unseen'); hetk('flush') }`);
    await sleep(500);
    assert.equal(site.books.events.size, 0);
  });

  test('handlers of events hear the page from its first event on', async t => {
    const { tab } = await open(t, {});
    await tab.run(`() => { window.heard = []; hetk('on', 'event', e => heard.push(e.event)); hetk('track', 'mine') }`);
    await until(() => tab.run(`() => heard.includes('mine')`), 'both events');
    assert.deepEqual(await tab.run(`() => heard`), ['page_view', 'mine']);
  });
});
