// What the second file sees without a call: each capture on a page of its own, in Chromium.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sleep, until } from '../collector.mjs';
import { chromium } from './chromium.mjs';
import { missing } from './machine.mjs';
import { calm, html, ready, startSite, lazy } from './site.mjs';

const data = node => `<script type="application/ld+json">${JSON.stringify({ '@context': 'https://schema.org', ...node })}</script>`;
const shop = data({ '@graph': [{ '@type': 'WebSite', name: 'Shop' }, { '@type': 'Store', name: 'Shop' }, { '@type': 'BreadcrumbList' }] });
const tall = '<div style="height:3000px">text</div>';
const results = '<nav><ul><li><a href="/x">x</a><li><a href="/y">y</a></ul></nav><main data-hetk-results="41"><ul>' +
  ['a', 'b', 'c'].map(id => `<li class="hit"><h3><a id="${id}" href="/p/${id}"><b>${id}</b></a></h3></li>`).join('') + '</ul></main>';

describe('captures', { skip: missing('chromium'), timeout: 240_000 }, () => {
  let browser;
  let site;
  before(async () => {
    browser = await chromium();
    site = await startSite();
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });
  const open = async (t, path, page = {}) => {
    site.reset();
    site.files[path.split('?')[0]] = { body: html(page), ...page.answer };
    const tab = await browser.page();
    t.after(() => tab.close());
    await tab.goto(site.url + path);
    await tab.run(ready);
    return tab;
  };
  const told = (name, n = 1) => until(() => site.named(name).length >= n && site.named(name).map(e => e.props), () => `${name} among ${JSON.stringify([...site.books.events.values()].map(e => [e.event, e.props]))}`);

  test('kinds of pages and products by linked data, microdata and Open Graph; the shop around them says nothing', async t => {
    const product = { '@type': 'Product', sku: 'T-1', name: 'Tea', brand: { '@type': 'Brand', name: 'Leaf' }, category: 'tea/green', offers: { '@type': 'Offer', price: '4.50', priceCurrency: 'EUR' } };
    for (const [path, body, type, item] of [
      ['/json', shop + data(product), 'Product', { item_id: 'T-1', item_name: 'Tea', item_brand: 'Leaf', item_category: 'tea/green', price: 4.5 }],
      ['/list', shop + data(product) + data(product), 'Product'],
      ['/article', shop + data({ '@type': ['NewsArticle', 'Article'] }), 'NewsArticle'],
      ['/micro', `${shop}<article itemscope itemtype="https://schema.org/Recipe">dal</article>`, 'Recipe'],
      ['/og', '<meta property="og:type" content="product.item"><meta property="og:title" content="Cup"><meta property="product:price:amount" content="7"><meta property="product:price:currency" content="EUR">', 'product', { item_id: 'Cup', item_name: 'Cup', price: 7 }],
      ['/store', shop, 'Store'],
      ['/said', `${data(product)}<main data-hetk-page="comparison"></main><script>hetk('track', 'view_item', { own: 1 })</script>`, 'comparison', undefined],
      ['/broken', '<script type="application/ld+json">{nonsense</script>', undefined],
    ]) {
      const tab = await open(t, path, { body });
      await sleep(900);
      await tab.run(`() => { hetk('track', 'later'); hetk('flush') }`);
      await told('later');
      assert.deepEqual([site.named('page_view')[0].page_type, site.named('later')[0].page_type], [type, type], path);
      const items = site.named('view_item').filter(e => !e.props.own).map(e => e.props);
      assert.deepEqual(items, item ? [{ items: [item], currency: 'EUR' }] : [], path);
      await calm(tab);
    }
  });

  test('a search tells its whole query, how many were found and which one was chosen', async t => {
    const tab = await open(t, '/find?utm_source=x&q=l%C3%B5hkine%20k%C3%B6is+%26+p%C3%A4ts', { body: results });
    assert.deepEqual(await told('search'), [{ query: 'lõhkine köis & päts', results: 41 }]);
    await tab.click('#b b');
    assert.deepEqual(await told('select_item'), [{ query: 'lõhkine köis & päts', position: 2 }]);
  });

  test('searches in the page\'s own charset, further pages, and what scripts write when nobody asked', async t => {
    const bytes = Buffer.from(html({}).replace('<meta charset="utf-8">', ''), 'latin1');
    site.files['/cyrillic'] = { body: bytes, type: 'text/html; charset=windows-1251; x' };
    for (const [path, queries] of [['/cyrillic?q=%F7%E0%E9', ['чай']], ['/more?q=tea&page=2', []], ['/none?q=undefined', []], ['/none?q=%5Bobject+Object%5D', []], ['/none?q=++', []]]) {
      site.reset();
      const tab = await browser.page();
      t.after(() => tab.close());
      await tab.goto(site.url + path);
      await tab.run(ready);
      await sleep(600);
      await tab.run(`() => hetk('flush')`);
      await told('page_view');
      assert.deepEqual(site.named('search').map(e => e.props.query), queries, path);
    }
  });

  test('shares, mail and copies; no address, no text', async t => {
    const links = ['https://www.facebook.com/sharer/sharer.php?u=x', 'https://wa.me/?text=x', 'https://wa.me/3725555', 'https://x.com/intent/tweet?text=x', 'mailto:someone@example.com', 'https://waze.com/ul?ll=1,2'];
    const tab = await open(t, '/links', { body: links.map((href, i) => `<a id="l${i}" href="${href}">l</a> `).join('') + '<p id="text">secret words</p>' });
    for (const i of links.keys()) await tab.click(`#l${i}`);
    await tab.run(`() => { getSelection().selectAllChildren(document.querySelector('#text')); document.execCommand('copy') }`);
    assert.deepEqual(await told('share', 3), [{ method: 'facebook' }, { method: 'wa.me' }, { method: 'x' }]);
    assert.deepEqual(await told('outbound_click'), [{ url: 'https://wa.me/3725555' }]);
    assert.deepEqual(await told('get_directions'), [{ url: 'https://waze.com/ul' }]);
    await told('email_click');
    assert.deepEqual(await told('copy'), [{ length: 12 }]);
    assert.doesNotMatch(JSON.stringify([...site.books.events.values()]), /someone@|secret words/);
    await calm(tab);
  });

  /** The second file comes when the function that is returned is called. */
  const holdSecondFile = async t => {
    const files = lazy();
    const path = Object.keys(files).find(name => name.startsWith('/hetk-more-'));
    let letGo;
    const late = new Promise(ok => (letGo = ok));
    site.files[path] = () => files[path];
    await browser.context.route('**' + path, async route => {
      await late;
      await route.continue();
    });
    t.after(() => browser.context.unroute('**' + path));
    return letGo;
  };

  test('the kind of the page goes with its view, though the second file comes late', async t => {
    const letGo = await holdSecondFile(t);
    await open(t, '/late', { body: '<main data-hetk-page="landing"></main>' });
    await sleep(1500);
    assert.deepEqual(site.named('page_view'), []);
    letGo();
    await told('page_view');
    assert.equal(site.named('page_view')[0].page_type, 'landing');
  });

  test('the time zone goes along: by Temporal, which loads no calendars, elsewhere by the second file', async t => {
    const counted = 'window.asked = 0; const real = Intl.DateTimeFormat; Intl.DateTimeFormat = (...args) => (asked++, real(...args));';
    for (const [path, early, expected] of [['/temporal', '', 0], ['/calendars', 'delete window.Temporal;', 1]]) {
      const tab = await open(t, path, { early: early + counted });
      await told('page_view');
      assert.equal(site.named('page_view')[0].ctx.tz, await tab.run('() => Intl.DateTimeFormat().resolvedOptions().timeZone'));
      assert.equal(Math.min(1, (await tab.run('() => asked')) - 1), expected, path);
    }
  });

  test('a second file that never comes holds nothing up for long', async t => {
    await holdSecondFile(t);
    await open(t, '/never');
    await told('page_view');
  });

  test('a click before the second file is there waits for it', async t => {
    const letGo = await holdSecondFile(t);
    const tab = await open(t, '/early');
    await tab.click('#out');
    await tab.click('#inner');
    assert.equal(site.named('outbound_click').length, 0);
    letGo();
    assert.deepEqual(await told('outbound_click'), [{ url: 'https://elsewhere.example/x' }]);
    await told('pressed');
  });

  test('an answer that was read is told at once, and only there', async t => {
    const fast = 'const now = performance.now.bind(performance); performance.now = () => now() * 20';
    for (const [path, body, expected] of [['/blog/tea', tall, [true]], ['/shop/tea', tall, []]]) {
      const tab = await open(t, path, { body, early: fast });
      await tab.run(`() => { scrollTo(0, 2500) }`);
      const here = () => site.named('engagement').filter(e => e.ctx.url === site.url + path); // others tell of pages that closed
      if (expected.length) await until(() => here().length, 'the answer that was read');
      else await sleep(2500);
      assert.deepEqual(here().map(e => e.props.read), expected, path);
      if (expected.length) {
        const [{ props: { visible_ms, active_ms, scroll_pct } }] = here();
        assert.ok(visible_ms >= 20_000 && active_ms <= visible_ms && scroll_pct >= 50, JSON.stringify({ visible_ms, active_ms, scroll_pct }));
      }
    }
  });

  test('a video tells each quarter that was played, decoration does not', async t => {
    const tab = await open(t, '/film', { body: '<video id="film"></video><video id="hero" loop></video>' });
    await tab.run(`() => {
      for (const id of ['film', 'hero']) {
        const video = document.getElementById(id);
        let played = 0;
        Object.defineProperty(video, 'duration', { value: 100 });
        Object.defineProperty(video, 'played', { get: () => ({ length: 1, start: () => 0, end: () => played }) });
        for (const [type, to] of [['play', 0], ['timeupdate', 10], ['timeupdate', 26], ['timeupdate', 27], ['timeupdate', 80]]) {
          played = to;
          video.dispatchEvent(new Event(type));
        }
      }
    }`);
    assert.deepEqual(await told('video_start'), [{ video: 'film' }]);
    assert.deepEqual(await told('video_progress', 3), [25, 50, 75].map(percent => ({ video: 'film', percent })));
  });

  test('what is tracked in the task of a navigation carries the new address, what comes before it the old one', async t => {
    const tab = await open(t, '/first');
    await tab.run(`() => { hetk('track', 'before'); history.pushState({}, '', '/second'); hetk('track', 'same_task') }`);
    await told('same_task');
    const [before_, same] = ['before', 'same_task'].map(name => site.named(name)[0]);
    assert.deepEqual([before_.url ?? before_.ctx.url, same.url], [`${site.url}/first`, `${site.url}/second`]);
    assert.equal((await told('page_view', 2)).length, 2);
  });
});
