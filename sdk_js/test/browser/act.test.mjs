// Real pages whose site has campaigns: what is shown, to whom, how often, and what the books then say. The files it fetches are
// the built ones.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../collector.mjs';
import { campaign, decided, leave, open as openPage, personal, published, shown, slot } from './campaigns.mjs';
import { chromium } from './chromium.mjs';
import { missing } from './machine.mjs';
import { calm, ready } from './site.mjs';

describe('campaigns on the page', { skip: missing('chromium'), timeout: 180_000 }, () => {
  let browser;
  before(async () => (browser = await chromium()));
  after(() => browser?.close());

  const open = (t, config, how = {}) => openPage(t, config, { from: browser, ...how });
  const reasons = async site => (await until(() => site.named('decision_suppressed')[0], 'why nothing was shown')).props.reasons;

  test('a slot is filled, nothing moves, and the books say what was shown, seen, clicked', async t => {
    const { site, tab } = await open(t, published([campaign('delivery')]));
    await until(() => tab.run(shown), 'the words');
    const { html, shift } = await tab.run(`() => ({ html: document.querySelector('[data-hetk-slot]').innerHTML, shift })`);
    assert.equal(html, '<strong>Free delivery</strong><p>From 49 EUR.</p><a href="/sale">Look</a><button class="hetk-close" type="button" aria-label="Close">×</button><button class="hetk-why" type="button">Why this?</button>');
    assert.equal(shift, 0);
    await tab.run(`() => { const a = document.querySelector('.hetk-act a'); a.addEventListener('click', e => e.preventDefault()); a.click(); hetk('flush'); }`);
    await until(() => site.named('decision_clicked').length && site.named('decision_shown').length, 'the rows');
    const [decision] = site.named('decision');
    const { latency_ms, evidence, ...props } = decision.props;
    assert.deepEqual(props, {
      place: 'hero', chosen: true, holdout: false, action: 'delivery', revision: 1, kind: 'content', variant: 'a', basis: 'contextual',
      weight: 100, weight_total: 100, hold: 0, suppressed_by: null, reasons: [], lang: 'en',
    });
    assert.ok(latency_ms >= 0 && latency_ms < 1000);
    for (const event of ['decision_shown', 'decision_clicked']) assert.equal(site.named(event)[0].props.decision_id, decision.id);
    assert.equal(await tab.run(`() => localStorage.length + sessionStorage.length`), 0);
    assert.deepEqual(await tab.run(`async () => (await indexedDB.databases()).map(d => d.name)`), []);
    await calm(tab);
  });

  test('without campaigns no further file is fetched and the answer is the default', async t => {
    const { tab } = await open(t, { v: 1 });
    const told = await tab.run(`() => new Promise(ok => hetk('decide', 'hero', ok))`);
    assert.deepEqual(told, { chosen: false, suppressed_by: 'no_config' });
    assert.deepEqual(await tab.run(`() => performance.getEntriesByType('resource').filter(e => /act|slots/.test(e.name)).length`), 0);
    assert.equal(await tab.run(`() => document.querySelector('[data-hetk-slot]').textContent`), 'the default');
  });

  test('asked by a call: the same answer for the whole view, its words and its handles', async t => {
    const { site, tab } = await open(t, published([campaign('delivery')]), { body: '' });
    const told = await tab.run(`() => new Promise(ok => hetk('decide', 'hero', d => hetk('decide', 'hero', again => { d.shown(); d.dismissed('fewer'); ok([d, again]); })))`);
    assert.deepEqual([told[0].title, told[0].url, told[0].chosen], ['Free delivery', '/sale', true]);
    assert.deepEqual(told[0], told[1]);
    await tab.run(`() => hetk('flush')`);
    await until(() => site.named('decision_dismissed').length, 'the dismissal');
    assert.equal(site.named('decision').length, 1);
    assert.equal(site.named('decision_dismissed')[0].props.how, 'fewer');
    await calm(tab);
  });

  const consents = [
    ['unknown', undefined, undefined, 'consent:personalization'],
    ['no', { analytics: false }, undefined, undefined],
    ['yes to counting alone', { analytics: true }, undefined, 'consent:personalization'],
    ['a no to personalization', { analytics: true, personalization: false }, undefined, 'consent:personalization'],
    ['yes', { analytics: true, personalization: true }, 'Free delivery', undefined],
    ['yes to all but counting', { analytics: false, personalization: true }, undefined, undefined],
  ];
  for (const [name, consent, words, reason] of consents) {
    test(`something personal, consent ${name}: ${words ? 'shown' : 'the default'}`, async t => {
      const own = await chromium();
      t.after(() => own.close());
      const list = [campaign('own', personal), campaign('else', { place: 'footer' })];
      const { site, tab } = await open(t, published(list), { from: own, consent, body: slot + slot.replace('hero', 'footer') });
      await until(() => tab.run(`() => document.querySelector('[data-hetk-slot=footer] strong')`), 'the other place'); // by then this one is decided too
      await until(() => tab.run(`() => !!document.querySelector('[data-hetk-slot=hero]')`), 'the place');
      if (words) await until(() => tab.run(shown), 'the words');
      assert.equal(await tab.run(`() => document.querySelector('[data-hetk-slot=hero] strong')?.textContent ?? null`), words ?? null);
      await leave(site, tab);
      if (reason) assert.equal((await reasons(site)).own[reason], 1);
      if (consent?.analytics === false) assert.equal(site.named('decision').length + site.named('decision_suppressed').length, 0);
      if (words) assert.equal(site.named('decision').find(e => e.props.action == 'own').ctx.consent.personalization, true);
      await calm(tab);
    });
  }

  test('three tabs at once never show it more often than it may be shown', async t => {
    const own = await chromium();
    t.after(() => own.close());
    const consent = { analytics: true, personalization: true };
    const { site, tab, asked } = await open(t, published([]), { from: own, consent, body: '' });
    const tabs = [tab, await own.page(), await own.page()];
    for (const one of tabs) {
      await one.goto(site.url + '/p/1');
      await one.run(ready);
    }
    let over = 0;
    for (let round = 0; round < 12; round++) {
      asked.config = published([campaign('c' + round, { ...personal, cap: 1 })]);
      const told = await Promise.all(tabs.map(one => one.goto(site.url + '/p/' + round).then(() => one.run(`() => new Promise(ok => hetk('decide', 'hero', ok))`))));
      const times = told.filter(d => d.chosen).length;
      if (times > 1) over++;
    }
    assert.equal(over, 0);
    assert.ok(site.named('decision').length >= 6 || (await until(() => site.named('decision').length >= 6, 'most rounds show it once')));
  });

  test('held back: the default stays, the row says what it would have been, and it counts in the cap', async t => {
    const own = await chromium();
    t.after(() => own.close());
    const consent = { analytics: true, personalization: true };
    const { site, tab } = await open(t, published([campaign('own', { ...personal, hold: 10_000, cap: 1 })]), { from: own, consent });
    await until(() => site.named('decision').length, 'the row');
    const { props } = site.named('decision')[0];
    assert.deepEqual([props.chosen, props.holdout, props.action, props.suppressed_by], [false, true, 'own', 'holdout']);
    assert.equal(await tab.run(`() => document.querySelector('[data-hetk-slot]').textContent`), 'the default');
    await tab.goto(site.url + '/p/2');
    await tab.run(ready);
    await tab.run(`() => new Promise(ok => hetk('decide', 'hero', ok))`);
    await leave(site, tab);
    await until(() => site.named('decision_suppressed').some(e => e.props.reasons.own['cap:day']), 'the reason'); // before consent there was another one
    assert.equal(site.named('decision').length, 1);
  });

  test('dismissed: the default is back at once, and the next page does not offer it', async t => {
    const own = await chromium();
    t.after(() => own.close());
    const { site, tab } = await open(t, published([campaign('delivery')]), { from: own, consent: { analytics: true } });
    await until(() => tab.run(shown), 'the words');
    await tab.run(`() => document.querySelector('.hetk-act button').click()`);
    assert.equal(await tab.run(`() => document.querySelector('[data-hetk-slot]').textContent`), 'the default');
    await until(() => tab.run(`async () => new Promise(ok => { indexedDB.open('hetk:act:wk_test').onsuccess = e => { e.target.result.transaction('s').objectStore('s').get(0).onsuccess = f => { e.target.result.close(); ok(f.target.result?.dis.delivery); } } })`), 'what is remembered');
    await tab.goto(site.url + '/p/2');
    await tab.run(ready);
    const told = await tab.run(`() => new Promise(ok => hetk('decide', 'hero', ok))`);
    assert.equal(told.suppressed_by, 'cool:dismissed');
    await tab.run(`() => hetk('consent', { analytics: false })`);
    await until(() => tab.run(`async () => !(await indexedDB.databases()).some(d => /act/.test(d.name))`), 'nothing is remembered after a no');
  });

  test('dismissed in the instant of leaving: no page offers it again, and a no to counting takes the note along', async t => {
    const own = await chromium();
    t.after(() => own.close());
    const { site, tab } = await open(t, published([campaign('delivery')]), { from: own, consent: { analytics: true } });
    await until(() => tab.run(shown), 'the words');
    // The store is busy until the page is gone: a transaction that is asked for now never begins.
    await tab.run(`() => new Promise(ok => { indexedDB.open('hetk:act:wk_test').onsuccess = e => {
      const store = e.target.result.transaction('s', 'readwrite').objectStore('s');
      const busy = () => { ok(); store.get(0).onsuccess = busy; };
      busy();
    } })`);
    await tab.page.evaluate(`document.querySelector('.hetk-act .hetk-close').click(); location.href = '/p/2'`).catch(() => {}); // it may be gone before it answers
    await until(() => tab.run(`() => location.pathname == '/p/2' && !!window.hetk?.s`).catch(() => false), 'the next page');
    assert.equal((await tab.run(decided('hero'))).suppressed_by, 'cool:dismissed');
    await tab.run(`() => { localStorage['hetk:act:wk_test'] = '{"dis":{}}'; hetk('consent', { analytics: false }) }`);
    await until(() => tab.run(`() => !('hetk:act:wk_test' in localStorage)`), 'the note to go after a no');
    await calm(tab);
  });

  test('killed: a minute later no page offers it; what is shown stays', async t => {
    const { tab, asked } = await open(t, published([campaign('delivery'), campaign('other', { place: 'footer' })]));
    await until(() => tab.run(shown), 'the words');
    asked.config = published([campaign('delivery'), campaign('other', { place: 'footer' })], { kill: true });
    await tab.run(`() => { ahead = 46000 }`);
    const told = await tab.run(`() => new Promise(ok => hetk('decide', 'footer', ok))`);
    assert.equal(told.suppressed_by, 'kill');
    assert.equal(await tab.run(shown), 'Free delivery');
    assert.equal(asked.times, 2);
  });

  test('a config that cannot be asked for again is stale after a minute', async t => {
    const { site, tab } = await open(t, published([campaign('delivery')]), { body: '' });
    await tab.run(`() => new Promise(ok => hetk('decide', 'x', ok))`);
    site.files['/v1/config'] = { body: '<html>' };
    await tab.run(`() => { ahead = 61000 }`);
    assert.equal((await tab.run(`() => new Promise(ok => hetk('decide', 'hero', ok))`)).suppressed_by, 'stale');
  });

  test('an overlay appears, is asked why and goes, and nothing below it moves', async t => {
    const long = { en: { title: 'T'.repeat(80), body: 'word '.repeat(40), button: 'Look' } };
    const body = '<h1>Above</h1><div data-hetk-slot="over" data-hetk-overlay hidden style="position: fixed; bottom: 0; width: 300px; background: white"></div>' + slot + '<p>Below</p>';
    const list = [campaign('over', { place: 'over', vars: [{ k: 'a', w: 1, text: long }] }), campaign('in')];
    const { tab } = await open(t, published(list), { body });
    // An element that is not drawn is never near: the overlay is decided when the page asks.
    await until(() => tab.run(`() => document.querySelectorAll('.hetk-act').length`), 'the place in the page');
    await tab.run(`() => { document.querySelector('[data-hetk-slot=over]').hidden = false; hetk('decide') }`);
    await until(() => tab.run(`() => document.querySelectorAll('.hetk-act').length == 2`), 'both');
    await tab.page.click('[data-hetk-slot=over] .hetk-why');
    await until(() => tab.run(`() => !!document.querySelector('hetk-why')`), 'the panel');
    await tab.page.keyboard.press('Escape');
    for (const place of ['over', 'hero']) await tab.page.click(`[data-hetk-slot=${place}] .hetk-close`);
    await tab.run(`() => new Promise(ok => requestAnimationFrame(() => requestAnimationFrame(ok)))`);
    assert.equal(await tab.run(`() => shift`), 0);
    await calm(tab);
  });

  const spoilt = [
    ['says nothing in the language of the page', campaign('c'), { lang: 'et' }, 'no_words'],
    ['has a gap that nobody fills', campaign('c', { vars: [{ k: 'a', w: 1, text: { en: { title: '{store} is near' } } }] }), {}, 'no_words'],
    ['needs more room than there is', campaign('c'), { body: '<div data-hetk-slot="hero">the default</div>' }, 'no_room'],
    ['is for another language', campaign('c', { when: { lang: ['hi'] } }), {}, 'no:lang'],
    ['asks for what a later version knows', campaign('c', { when: { weather: ['rain'] } }), {}, 'unknown:weather'],
  ];
  for (const [name, one, page, reason] of spoilt) {
    test(`a campaign that ${name} leaves the default, and is counted`, async t => {
      const { site, tab } = await open(t, published([one]), page);
      await until(() => tab.run(`() => performance.getEntriesByType('resource').some(e => /slots/.test(e.name))`), 'the file of the slots');
      await tab.run(`() => new Promise(ok => setTimeout(ok, 200))`); // for what must not come
      assert.equal(await tab.run(`() => document.querySelector('[data-hetk-slot]').textContent`), 'the default');
      assert.equal(await tab.run(`() => shift`), 0);
      await leave(site, tab);
      assert.ok((await reasons(site)).c[reason] >= 1);
      await calm(tab);
    });
  }

  for (const [name, config] of [['garbage', '{"v":1,"act":'], ['an act of another shape', { v: 1, act: { list: 7 } }], ['an act that is a word', { v: 1, act: 'x' }]]) {
    test(`a config that is ${name}: the page never notices`, async t => {
      const { tab } = await open(t, config);
      const told = await tab.run(`() => new Promise(ok => hetk('decide', 'hero', ok))`);
      assert.equal(told.chosen, false);
      assert.equal(await tab.run(`() => document.querySelector('[data-hetk-slot]').textContent`), 'the default');
      await calm(tab);
    });
  }

  test('a slot that is removed while it is decided, and storage that is full, harm nobody', async t => {
    const own = await chromium();
    t.after(() => own.close());
    const { tab } = await open(t, published([campaign('delivery')]), { from: own, consent: { analytics: true } });
    await tab.run(`() => document.querySelector('[data-hetk-slot]').remove()`);
    await tab.fillStorage();
    const told = await tab.run(`() => new Promise(ok => hetk('decide', 'hero', ok))`);
    assert.equal(typeof told.chosen, 'boolean');
    await calm(tab);
  });

  test('in a go moment the nearby offer appears, in the language of the page', async t => {
    const list = [campaign('near', { pri: 10, when: { intent: ['go'], confidence: 550 }, vars: [{ k: 'a', w: 1, text: { hi: { title: 'पास में' } } }] })];
    const { site, tab } = await open(t, published(list), { lang: 'hi', path: '/search?q=' + encodeURIComponent('shoes near me') });
    await until(() => tab.run(shown), 'the words');
    assert.equal(await tab.run(shown), 'पास में');
    await tab.run(`() => hetk('flush')`);
    await until(() => site.named('decision').length, 'the row');
    assert.equal(site.named('decision')[0].props.intent, 'go');
    await calm(tab);
  });

  test('the nearest open store is found on the device; where the person is leaves it nowhere', async t => {
    const own = await chromium();
    t.after(() => own.close());
    const open7 = hours => Array.from({ length: 7 }, () => hours);
    const stores = [
      { id: 'shut', name: 'Shut', lat: 58.3801, lon: 26.7201, zone: 'Europe/Tallinn', open: open7([]) },
      { id: 'far', name: 'Far', lat: 59.4397, lon: 24.729, zone: 'Europe/Tallinn', open: open7([[0, 1440]]) },
      { id: 'near', name: 'Tartu', lat: 58.3816, lon: 26.721, zone: 'Europe/Tallinn', open: open7([[0, 1440]]) },
    ];
    const vars = [{ k: 'a', w: 1, text: { en: { title: '{store} until {until}', body: '{distance}' } } }];
    const list = [campaign('near', { ...personal, kind: 'nearby', when: { distance: 25_000 }, because: ['distance'], vars })];
    const consent = { analytics: true, personalization: true };
    const { site, tab } = await open(t, published(list, { stores: 'abc' }), { from: own, consent, files: { '/v1/stores': { body: JSON.stringify({ v: 1, stores }), type: 'application/json' } } });
    assert.equal((await tab.run(decided('hero'))).suppressed_by, 'unknown:distance');
    assert.equal(await tab.run(`() => performance.getEntriesByType('resource').filter(e => /v1.stores/.test(e.name)).length`), 0);
    await tab.run(`() => hetk('context', { position: { lat: 58.38, lon: 26.72 } })`);
    await until(() => tab.run(shown), 'the words');
    assert.deepEqual(await tab.run(`() => [...document.querySelectorAll('.hetk-act strong, .hetk-act p')].map(one => one.textContent)`), ['Tartu until 00:00', '190 m']);
    await tab.run(`() => hetk('flush')`);
    await until(() => site.named('decision').length, 'the row');
    const asked = await tab.run(`() => performance.getEntries().map(e => e.name)`);
    assert.doesNotMatch(JSON.stringify([[...site.books.events.values()], asked]), /58\.38|26\.72/);
    assert.equal(await tab.run(`async () => JSON.stringify([localStorage, sessionStorage]).includes('58.38')`), false);
    await calm(tab);
  });

  test('a moment that opened on the page before goes on; without consent to personalization it is not used', async t => {
    for (const [personalization, by] of [[true, null], [false, 'unknown:intent']]) {
      const own = await chromium();
      t.after(() => own.close());
      const list = [campaign('buy', { when: { intent: ['buy'] } })];
      const { site, tab } = await open(t, published(list), { from: own, body: '', consent: { analytics: true, personalization } });
      await tab.run(`() => { hetk('track', 'add_to_cart', { items: [{ item_id: 'A2' }] }); return new Promise(ok => hetk('on', 'moment', ok)) }`);
      await tab.goto(site.url + '/p/2');
      await tab.run(ready);
      assert.equal((await tab.run(`() => new Promise(ok => hetk('decide', 'hero', ok))`)).suppressed_by, by);
    }
  });
});
