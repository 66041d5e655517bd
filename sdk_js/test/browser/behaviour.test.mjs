// The same behaviour in three engines, against a real HTTP collector with exact books.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sleep, until } from '../collector.mjs';
import { engines } from './engines.mjs';
import { missing } from './machine.mjs';
import { calm, html, ready, startSite } from './site.mjs';

/** What pages do to the things a tracker needs: before it came (`early`), so that it meets them broken. */
const breaks = {
  'storage throws': `for (const name of ['localStorage', 'indexedDB']) Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })`,
  'storage is full': `
    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') };
    IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError') };
    for (let text = 'x'.repeat(1e6); text.length > 1; ) try { localStorage['full' + Math.random()] = text } catch { text = text.slice(text.length / 2) }`,
  'journal fails later': `IDBFactory.prototype.open = () => { const r = {}; setTimeout(() => r.onerror && r.onerror(new Event('error')), 5); return r }`,
  'fetch is replaced': `window.fetch = () => { throw new Error('mine') }`,
  'fetch answers nonsense to others': `const { fetch } = window; addEventListener('load', () => { window.fetch = () => 5 })`,
  'history is replaced': `history.pushState = history.replaceState = () => { throw new Error('mine') }`,
  'JSON is replaced later': `addEventListener('load', () => { JSON.stringify = () => 'no'; JSON.parse = () => { throw new Error('mine') } })`,
  'observers and timers are odd': `delete window.IntersectionObserver; delete window.PerformanceObserver; delete window.requestIdleCallback`,
};

describe('behaviour', { concurrency: true }, () => Object.keys(engines).forEach(suite));

function suite(name) {
  describe(`behaviour in ${name}`, { skip: missing(name), timeout: 400_000, concurrency: 1 }, () => {
    let browser;
    let site;
    let page;
    const open = async (path = '/') => {
      await page.goto(site.url + path);
      await page.run(ready);
    };
    const arrived = event => until(() => site.named(event)[0], `${event} in the books`, 20_000);
    const names = () => [...site.books.events.values()].map(e => e.event).filter(n => n !== 'engagement');

    before(async () => {
      site = await startSite({
        files: {
          '/opt-in': { body: html({ attributes: 'data-consent="opt-in"' }) },
          '/twice': { body: html({ body: '<script async src="/hetk.js" data-key="wk_test"></script>' }) },
          '/two': { body: html({ body: '<script async src="/hetk.js" data-key="wk_other"></script>' }) },
          '/bare': { body: '<title>late</title>' },
          '/form': { body: html({ body: '<form id="f" onsubmit="event.preventDefault()"><input name="q" value="red shoes"><input name="card" value="4111"><button id="go">go</button></form><form id="contact" onsubmit="event.preventDefault()"><input name="name" value="Mari"><button id="send">send</button></form>' }) },
          '/typed': { body: html({ body: '<main data-hetk-page="product"></main>', title: 'पेज — পাতা — 頁' }) },
        },
      });
      browser = await engines[name]();
      page = await browser.page();
    });
    after(async () => {
      await browser?.close();
      await site?.stop();
    });
    beforeEach(async () => {
      if (!site) return;
      await page.goto(`${site.url}/bare`);
      await page.run(`() => { localStorage.clear(); return new Promise(ok => { const r = indexedDB.deleteDatabase('hetk:wk_test'); r.onsuccess = r.onerror = r.onblocked = () => ok(); }) }`);
      await sleep(50);
      const last = () => site.books.requests.at(-1)?.at ?? 0;
      await until(() => Date.now() - last() > 150, 'the page before to have sent its last');
      site.reset();
    });

    test('a page is viewed, an event tracked, and nothing is stored before consent', async () => {
      await open('/typed?utm_source=news');
      await page.run(`() => hetk('track', 'view_item', { items: [{ item_id: 'A1', price: 999 }], word: 'लाल जूते' })`);
      const item = await arrived('view_item');
      const view = site.named('page_view')[0];
      assert.match(view.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(view.ctx.url, `${site.url}/typed?utm_source=news`);
      assert.equal(view.ctx.title, 'पेज — পাতা — 頁');
      assert.equal(view.page_type, 'product');
      assert.equal(item.page_type, 'product');
      assert.equal(view.ctx.lang, 'en');
      assert.equal(view.ctx.mode, 'cookieless');
      assert.equal(view.ctx.visitor, undefined);
      assert.deepEqual(item.props, { items: [{ item_id: 'A1', price: 999 }], word: 'लाल जूते' });
      const stored = await page.run(`async () => [localStorage.length, document.cookie, sessionStorage.length, (await indexedDB.databases?.() || []).filter(d => /^hetk/.test(d.name)).length]`);
      assert.deepEqual(stored, [0, '', 0, 0]);
      await calm(page);
    });

    test('calls made before the file arrived are not lost', async () => {
      await page.goto(`${site.url}/bare`);
      await page.run(`() => { window.hetk = function () { (hetk.q = hetk.q || []).push(arguments) }; hetk('track', 'early', { a: 1 }); const s = document.createElement('script'); s.src = '/hetk.js'; s.dataset.key = 'wk_test'; document.head.append(s) }`);
      const early = await arrived('early');
      assert.deepEqual(early.props, { a: 1 });
      assert.deepEqual(names().sort(), ['early', 'page_view']);
    });

    test('a page that is left before the task of the start had its turn is viewed, and what was called there arrives', async () => {
      const early = 'const wait = setTimeout; window.setTimeout = (f, ms, ...more) => wait(f, ms || 60_000, ...more)'; // as on a busy page
      site.files['/hasty'] = { body: html({ early, body: `<script>hetk('track', 'glance')</script>` }) };
      await page.goto(`${site.url}/hasty`);
      await page.goto(`${site.url}/bare`);
      assert.equal((await arrived('glance')).ctx.url, `${site.url}/hasty`);
      assert.deepEqual(names().sort(), ['glance', 'page_view']);
    });

    test('routers: pushState, replaceState + pushState, hash routes and back are views; anchors and queries are not', async () => {
      await open('/a');
      await page.run(`async () => {
        const pause = () => new Promise(ok => setTimeout(ok, 60));
        history.pushState({}, '', '/b'); document.title = 'B'; await pause();
        history.replaceState({}, '', location.href); history.pushState({}, '', '/c'); await pause();
        location.hash = 'reviews'; await pause();
        history.replaceState({}, '', '/c?sort=price'); await pause();
        location.hash = '#/cart'; await pause();
        history.pushState({}, '', '/d'); await pause();
        history.back(); await pause(); await pause();
      }`);
      const path = e => (e.url ?? e.ctx.url).slice(site.url.length);
      await until(() => site.named('page_view').length >= 6, 'six views');
      await sleep(1200);
      const views = site.named('page_view').sort((a, b) => a.seq - b.seq);
      assert.deepEqual(views.map(path), ['/a', '/b', '/c', '/c?sort=price#/cart', '/d', '/c?sort=price#/cart']);
      assert.equal(views[1].title, 'B');
      assert.equal(views[1].ref, `${site.url}/a`);
    });

    test('consent: yes stores and names, no purges and says so without an id', async () => {
      await open();
      await page.run(`() => { hetk('consent', { analytics: true, ads: false, ver: 'n3' }); hetk('identify', 'u1', { plan: 'pro' }); hetk('track', 'agreed') }`);
      const agreed = await arrived('agreed');
      assert.equal(agreed.ctx.mode, 'user');
      assert.equal(agreed.ctx.user, 'u1');
      assert.ok(agreed.ctx.visitor && agreed.ctx.session);
      assert.deepEqual(agreed.ctx.consent, { analytics: true, ads: false, ver: 'n3' });
      assert.deepEqual((await arrived('identify')).props, { plan: 'pro' });
      assert.equal((await arrived('page_view')).ctx.mode, 'cookieless');
      assert.equal(await page.run(`() => localStorage.length`), 1);

      await open('/again');
      await page.run(`() => hetk('track', 'later')`);
      assert.equal((await arrived('later')).ctx.visitor, agreed.ctx.visitor);
      await until(() => site.named('page_view').length === 2, 'both views');

      site.reset();
      await page.run(`() => { hetk('track', 'doomed'); hetk('consent', { analytics: false }); hetk('track', 'after') }`);
      const said = await arrived('consent_changed');
      assert.deepEqual(Object.keys(said.ctx), ['consent']);
      assert.equal(said.ctx.consent.analytics, false);
      await sleep(1300);
      assert.deepEqual(names(), ['consent_changed']);
      // The no is remembered, and nothing else: the next page sends nothing either.
      const left = await page.run(`async () => [Object.entries(localStorage), (await indexedDB.databases?.() || []).filter(d => /^hetk/.test(d.name)).length]`);
      assert.deepEqual([left[0].map(([name, said]) => [name, JSON.parse(said)]), left[1]], [[['hetk:wk_test', { consent: { analytics: false, ads: false, ver: 'n3' } }]], 0]);
      site.reset();
      await open('/later');
      await page.run(`() => { hetk('track', 'doomed'); hetk('flush') }`);
      await sleep(1300);
      assert.deepEqual(names(), []);
      await page.run(`() => { hetk('consent', { analytics: true }); hetk('track', 'changed') }`);
      assert.equal((await arrived('changed')).ctx.mode, 'first_party');
    });

    test('who is named before agreeing is identified once they agree, and not after a no', async () => {
      await open();
      await page.run(`() => { hetk('identify', 'u1', { plan: 'free' }); hetk('consent', { analytics: false }); hetk('consent', { analytics: true }); hetk('track', 'nameless') }`);
      assert.equal((await arrived('nameless')).ctx.user, undefined);
      assert.equal(site.named('identify').length, 0);
      await page.run(`() => { hetk('consent', { analytics: false }); hetk('identify', 'u2', { plan: 'pro' }); hetk('consent', { analytics: true, ads: false }); hetk('consent', { ads: true }); hetk('track', 'named') }`);
      assert.equal((await arrived('named')).ctx.user, 'u2');
      assert.deepEqual(site.named('identify').map(e => [e.ctx.user, e.props]), [['u2', { plan: 'pro' }]]);
      await calm(page);
    });

    test('opt-in sites hold everything in memory until answered', async () => {
      await open('/opt-in');
      await page.run(`() => hetk('track', 'held')`);
      await sleep(1300);
      assert.deepEqual(names(), []);
      await page.run(`() => hetk('consent', { analytics: true })`);
      const held = await arrived('held');
      assert.equal(held.ctx.mode, 'first_party');
      await arrived('page_view');
    });

    test('clicks: outbound, file, call, directions and declared events; no query, no mail address', async () => {
      await open();
      for (const id of ['out', 'file', 'tel', 'map', 'mail', 'inner']) await page.click('#' + id);
      const pressed = await arrived('pressed');
      assert.deepEqual(pressed.props, { what: 'red shoes' });
      await until(() => names().length === 7, () => `seven events; have ${names()}`);
      const inOrder = [...site.books.events.values()].filter(e => e.event !== 'engagement').sort((a, b) => a.seq - b.seq);
      assert.deepEqual(inOrder.map(e => e.event), ['page_view', 'outbound_click', 'download', 'call', 'get_directions', 'email_click', 'pressed']);
      assert.deepEqual(site.named('outbound_click')[0].props, { url: 'https://elsewhere.example/x' });
      assert.deepEqual(site.named('get_directions')[0].props, { url: 'https://maps.example/dir' });
      assert.ok(!JSON.stringify([...site.books.events.values()]).includes('someone@'));
    });

    test('links of SVG, and icons inside links, are links', async () => {
      const link = address => `<svg width="40" height="40"><a href="${address}"><rect width="40" height="40"/></a></svg>`;
      const icon = '<svg width="0" height="0"><symbol id="icon" viewBox="0 0 40 40"><rect width="40" height="40"/></symbol></svg>';
      const used = '<a href="https://elsewhere.example/used"><svg width="40" height="40"><use href="#icon"/></svg></a>';
      site.files['/svg'] = { body: html({ body: `${icon}${link('https://elsewhere.example/drawn?token=secret')}${link('/drawn.pdf')}${used}` }) };
      await open('/svg');
      // The browsers' own clicks go to the middle of an element; these say exactly what was hit.
      await page.run(`() => {
        for (const hit of document.querySelectorAll('a rect, a use')) {
          hit.closest('a').addEventListener('click', e => e.preventDefault());
          hit.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }));
        }
        hetk('track', 'clicked');
        hetk('flush');
      }`);
      await arrived('clicked');
      // The clicks may have come before the second file, and wait for it.
      const links = () => [...site.books.events.values()].filter(e => /click$|download/.test(e.event)).map(e => [e.event, e.props.url]);
      await until(() => links().length >= 3, 'three links');
      assert.deepEqual(links(), [
        ['outbound_click', 'https://elsewhere.example/drawn'],
        ['download', `${site.url}/drawn.pdf`],
        ['outbound_click', 'https://elsewhere.example/used'],
      ]);
      assert.equal(site.named('error').length, 0);
      await calm(page);
    });

    test('forms: a search gives its query, another form its id and never a value', async () => {
      await open('/form');
      await page.click('#go');
      await page.click('#send');
      assert.deepEqual((await arrived('search')).props, { query: 'red shoes' });
      assert.deepEqual((await arrived('form_submit')).props, { form: 'contact' });
      assert.doesNotMatch(JSON.stringify([...site.books.events.values()]), /Mari|4111/);
      site.reset();
      await open('/form?q=l%C3%B5hkine+k%C3%B6is');
      assert.deepEqual((await arrived('search')).props, { query: 'lõhkine köis' });
    });

    test('what is on the way when the page goes arrives, with the time it was seen', async () => {
      site.faults.delay = 400;
      await open();
      await sleep(1100);
      await page.run(`() => { for (let i = 0; i < 20; i++) hetk('track', 'last', { i }) }`);
      await page.goto(`${site.url}/bare`);
      await until(() => site.named('last').length === 20, 'twenty events');
      const seen = await arrived('engagement');
      assert.ok(seen.props.visible_ms >= 1000 && seen.props.visible_ms < 20_000, seen.props.visible_ms);
      site.faults.delay = 0;
    });

    test('refused, unreachable and babbling collectors lose nothing', async () => {
      await open();
      await arrived('page_view');
      for (const mode of [503, 'hangup']) {
        site.faults.mode = mode;
        await page.run(`m => { for (let i = 0; i < 10; i++) hetk('track', 'tough', { m, i }) }`, String(mode));
        await sleep(1500);
        site.faults.mode = 'ok';
      }
      await until(() => site.named('tough').length === 20, 'twenty events', 30_000);
      assert.deepEqual([...site.books.events.values()].filter(e => e.times > 1).map(e => e.event), []);
      // A 2xx that is not the collector's own answer (a proxy's page) stores nothing: the same event comes again.
      site.faults.mode = 'garbage';
      await page.run(`() => hetk('track', 'babble')`);
      await arrived('babble');
      site.faults.mode = 'ok';
      await until(() => site.named('babble')[0].times > 1, 'the event again');
      await calm(page);
    });

    test('413 splits, a permanent refusal is counted and reported in the next good batch', async () => {
      await open();
      await arrived('page_view');
      site.faults.bodyMax = 3000;
      await page.run(`() => { for (let i = 0; i < 10; i++) hetk('track', 'fat', { i, pad: 'x'.repeat(400) }) }`);
      await until(() => site.named('fat').length === 10, 'ten events');
      site.faults.bodyMax = Infinity;
      site.faults.mode = 400;
      await page.run(`() => hetk('track', 'refused')`);
      await until(() => site.books.refused, 'the refusal');
      site.faults.mode = 'ok';
      await page.run(`() => hetk('track', 'next')`);
      assert.deepEqual((await arrived('events_lost')).props, { n: 1, reason: 'rejected' });
      assert.equal(site.named('refused').length, 0);
      site.books.tooLarge = false;
      site.faults.bodyMax = 500;
      await page.run(`() => hetk('track', 'huge', { pad: 'x'.repeat(1000) })`);
      await until(() => site.books.tooLarge, 'the 413');
      site.faults.bodyMax = Infinity;
      await page.run(`() => hetk('track', 'next')`);
      const told = await until(() => site.named('events_lost')[1], 'the report of what was too large');
      assert.deepEqual(told.props, { n: 1, reason: 'too_large' });
    });

    test('loaded twice is one tracker, two keys are two sites', async () => {
      await open('/twice');
      await arrived('page_view');
      await sleep(1200); // for one too many
      assert.deepEqual(names(), ['page_view']);
      site.reset();
      await open('/two');
      await until(async () => (await page.run(`() => Object.keys(hetk.s).length`)) === 2, 'both sites');
      await page.run(`() => hetk('track', 'both')`);
      await until(() => site.named('both').length === 2, 'the event on both sites');
      const keys = site.books.requests.map(r => r.batch.key);
      assert.deepEqual([...new Set(keys)].sort(), ['wk_other', 'wk_test']);
      assert.equal(site.named('page_view').length, 2);
    });

    test('props no page should pass are reduced or counted, and the page never notices', async () => {
      await open();
      await page.run(`() => {
        const ring = { a: 1 }; ring.ring = ring;
        hetk('track', 'odd', { ok: 1, ring, fn() {}, node: document.body, big: 12n, mega: 'x'.repeat(1e6), nan: NaN, half: 'a\\ud83d',
          date: new Date(0), get bad() { throw new Error('no') }, proxy: new Proxy({}, { ownKeys() { throw 1 } }), ...JSON.parse('{"__proto__":{"x":1}}') });
        hetk('track'); hetk('track', 5); hetk('nonsense'); hetk(); hetk('consent'); hetk('track', 'plain', 'text'); hetk('on', 'event', () => { throw new Error('handler') });
        hetk('track', 'after', null); hetk('flush');
      }`);
      await arrived('after');
      const { props } = await arrived('odd');
      await page.run(`() => hetk('flush')`);
      assert.equal(props.ok, 1);
      assert.equal(props.big, '12');
      assert.equal(props.mega.length, 4096);
      assert.equal(props.half, 'a\ud83d');
      assert.equal(props.date, '1970-01-01T00:00:00.000Z');
      for (const key of ['ring', 'fn', 'node', 'bad', 'proxy']) assert.ok(!(key in props), key);
      await until(() => site.named('events_lost').some(e => e.props.reason === 'bad_props' && e.props.n >= 4), 'the count of what was left out');
      const own = await until(() => site.named('error')[0], 'the mistake of its own');
      assert.match(own.props.reason, /^error: /);
      await calm(page);
    });

    test('a document.write\'n page keeps its tracker', async () => {
      await open();
      await page.run(`() => { document.open(); document.write('<title>w</title><button id=b data-hetk-event=written>b</button><script src="/hetk.js" data-key="wk_test"></' + 'script>'); document.close() }`);
      await until(async () => {
        await page.run(`() => document.querySelector('#b').click()`); // nobody hears it until the written script is there
        return site.named('written')[0];
      }, 'the click on what was written');
      assert.equal(site.named('page_view').length, 1);
    });

    test('clocks that jump back or ahead do not stop it, and keep the order', async () => {
      await open();
      await page.run(`() => {
        hetk('consent', { analytics: true });
        const now = Date.now;
        for (const days of [-7, 0, 400, 0]) {
          Date.now = () => now() + days * 864e5;
          hetk('track', 'ticked', { days });
        }
        Date.now = now;
      }`);
      await until(() => site.named('ticked').length === 4, 'four events', 20_000);
      const ticked = site.named('ticked').sort((a, b) => a.seq - b.seq);
      assert.deepEqual(ticked.map(e => e.props.days), [-7, 0, 400, 0]);
      assert.ok(new Set(ticked.map(e => e.ctx.session)).size > 1, 'a jump ends the session');
      await calm(page);
    });

    test('a reload is one more view, and what waited arrives once', async () => {
      await open();
      await page.run(`() => { hetk('consent', { analytics: true }); hetk('track', 'waiting') }`);
      await page.goto(`${site.url}/`);
      await page.run(ready);
      await page.run(`() => { window.old = 1; location.reload() }`);
      await until(() => page.run(`() => !window.old && !!(window.hetk && hetk.s)`).catch(() => false), 'the reload', 20_000);
      await until(() => site.named('page_view').length === 3, 'three views', 20_000);
      await arrived('waiting');
      await sleep(1200);
      assert.equal(site.named('page_view').length, 3);
      assert.equal(site.named('waiting').length, 1);
    });

    test('the Navigation API: a page reached by navigate() is one view', async t => {
      await open('/a');
      if (!(await page.run(`() => 'navigation' in window`))) return t.skip(`${name} has no Navigation API`);
      await page.run(`async () => {
        navigation.addEventListener('navigate', e => e.intercept());
        await navigation.navigate('/n').finished;
      }`);
      await until(() => site.named('page_view').length === 2, 'two views', 20_000);
      await sleep(1200);
      assert.deepEqual(site.named('page_view').map(e => e.url ?? e.ctx.url), [`${site.url}/a`, `${site.url}/n`]);
    });

    test('no global but hetk, no prototype touched, no cookie', async () => {
      const shape = `() => [Object.getOwnPropertyNames(window),
        [Object, Array, String, Function, Promise, EventTarget, Node, Element, Document, History, Navigator, Storage, XMLHttpRequest]
          .map(({ prototype: p }) => Reflect.ownKeys(p).map(k => [String(k), (value => (typeof value === 'function' ? Function.prototype.toString.call(value) : typeof value))(Object.getOwnPropertyDescriptor(p, k).value)]))]`;
      await page.goto(`${site.url}/bare`);
      const [globals, prototypes] = await page.run(shape);
      await page.run(`() => new Promise((onload, onerror) => {
        const script = Object.assign(document.createElement('script'), { src: '/hetk.js', onload: () => onload(), onerror });
        script.dataset.key = 'wk_test';
        document.head.append(script);
      })`);
      await page.run(`() => { hetk('consent', { analytics: true }); hetk('track', 'clean'); hetk('on', 'moment', () => {}) }`);
      await arrived('clean');
      const [globalsAfter, prototypesAfter] = await page.run(shape);
      assert.deepEqual(globalsAfter.filter(g => !globals.includes(g)), ['hetk']);
      assert.deepEqual(prototypesAfter, prototypes);
      assert.equal(await page.run('() => document.cookie'), '');
    });

    test('keys of prototypes stay keys, deep and wide props are reduced or counted', async () => {
      await open();
      await page.run(`() => {
        let deep = 1;
        for (let i = 0; i < 20000; i++) deep = { deep };
        const wide = {};
        for (let i = 0; i < 10000; i++) wide['k' + i] = i;
        hetk('track', 'owned', JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","ok":1}'));
        hetk('track', 'deep', { ok: 1, deep });
        hetk('track', 'wide', wide);
        hetk('track', 'x'.repeat(1e6));
        hetk('search', 'y'.repeat(1e6));
        hetk('identify', { toString() { throw new Error('no name') } });
        hetk('track', 'after');
      }`);
      assert.equal((await arrived('owned')).props.ok, 1);
      await arrived('after');
      assert.ok(await page.run('() => ({}).polluted === undefined'));
      const big = [...site.books.events.values()].filter(e => JSON.stringify(e).length > 33_000).map(e => e.event.slice(0, 20));
      assert.deepEqual(big, []);
      await calm(page);
    });

    for (const [what, early] of Object.entries(breaks)) {
      const skip = name === 'webkit' && /JSON/.test(what) && "WebKitGTK's driver itself needs the page's JSON";
      test(`a page whose ${what}: events are sent, the page never notices`, { skip }, async () => {
        site.files['/odd'] = { body: html({ early }) };
        await page.goto(`${site.url}/odd`);
        await page.run(ready);
        await page.run(`() => { hetk('consent', { analytics: true }); for (let i = 0; i < 30; i++) hetk('track', 'odd', { i, list: [1, 2] }); hetk('flush') }`);
        await until(() => site.named('odd').length === 30, () => `30 events; have ${site.named('odd').length}`, 20_000);
        assert.deepEqual(site.named('odd')[0].props.list, [1, 2]);
        await page.run(`() => hetk('consent', { analytics: false })`);
        await until(() => site.named('consent_changed').some(e => e.ctx.consent.analytics === false), 'the no', 20_000);
        await calm(page);
      });
    }

    test('a script that is blocked leaves a page whose calls do nothing', async () => {
      site.files['/blocked'] = { body: html({ src: `http://127.0.0.1:1/hetk.js` }) };
      await page.goto(`${site.url}/blocked`);
      await page.run(`() => { for (let i = 0; i < 100; i++) hetk('track', 'lost', { i }) }`);
      await calm(page);
    });

    test('debug prints what was captured and why something was not sent', async () => {
      await open();
      const said = await page.run(`async () => {
        const lines = [];
        console.log = (...what) => lines.push(JSON.stringify(what));
        hetk('track', 'captured', { a: 1 });
        hetk('consent', { analytics: false });
        hetk('track', 'doomed');
        hetk('debug');
        for (let i = 0; i < 400 && !lines.length; i++) await new Promise(ok => setTimeout(ok, 50));
        return lines.join();
      }`);
      assert.match(said, /captured/);
      assert.match(said, /refused.*doomed|doomed.*refused/);
    });
  });
}
