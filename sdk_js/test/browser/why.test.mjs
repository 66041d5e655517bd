// The panel that says why something is shown: what it says, who can use it, and that the engine keeps to what is answered in it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../collector.mjs';
import { campaign, decided, open as openPage, personal, published, shown, slot } from './campaigns.mjs';
import { chromium } from './chromium.mjs';
import { engines } from './engines.mjs';
import { missing } from './machine.mjs';
import { calm, ready } from './site.mjs';

const consent = { analytics: true, personalization: true };
const panel = `document.querySelector('hetk-why')?.shadowRoot`;
const said = `() => [...${panel}.querySelectorAll('h2, p, li')].map(one => one.textContent)`;
const press = words => `() => [...${panel}.querySelectorAll('button, label')].find(one => one.textContent.includes('${words}')).click()`;
const gone = `() => document.querySelector('[data-hetk-slot]').textContent`;
const texts = { en: { title: 'Free delivery' }, hi: { title: 'पास में' } };
const vars = [{ k: 'a', w: 1, text: texts }];

describe('why something is shown', { skip: missing('chromium'), timeout: 180_000 }, () => {
  let browser;
  before(async () => (browser = await chromium()));
  after(() => browser?.close());
  const open = (t, list, how = {}) => openPage(t, published(list), { from: browser, ...how });
  const own = async t => {
    const one = await chromium();
    t.after(() => one.close());
    return one;
  };
  const ask = async tab => {
    await until(() => tab.run(shown), 'the words');
    await tab.page.click('.hetk-why');
    await until(() => tab.run(`() => !!${panel}?.querySelector('dialog[open]')`), 'the panel');
  };
  const next = async (tab, site, path = '/p/2') => {
    await tab.goto(site.url + path);
    await tab.run(ready);
  };

  test('opened: the reason in the language of the page, the keyboard stays inside, Escape gives the focus back', async t => {
    const list = [campaign('near', { when: { intent: ['go'], confidence: 550 }, because: ['intent'], vars })];
    const { site, tab } = await open(t, list, { lang: 'hi', path: '/search?q=' + encodeURIComponent('shoes near me') });
    await ask(tab);
    assert.deepEqual((await tab.run(said)).slice(0, 4), [
      'मुझे यह क्यों दिख रहा है?', 'आपको यह इसलिए दिख रहा है:', 'आपने अभी-अभी खोजा: “shoes near me”', 'लगता है आप अभी कहीं जाने की जगह ढूँढ रहे हैं।',
    ]);
    const at = `() => ${panel}.activeElement?.ariaLabel || ${panel}.activeElement?.textContent || ${panel}.activeElement?.parentNode.textContent`;
    assert.equal(await tab.run(at), 'बंद करें');
    const seen = [];
    for (let n = 0; n < 7; n++) {
      await tab.page.keyboard.press('Tab');
      seen.push(await tab.run(at));
    }
    assert.equal(new Set(seen).size, 6); // two answers, close, three purposes
    assert.equal(seen[0], seen[6]);
    await tab.page.keyboard.press('Shift+Tab');
    assert.equal(await tab.run(at), seen[5]);
    await tab.page.keyboard.press('Escape');
    await until(() => tab.run(`() => !document.querySelector('hetk-why')`), 'the panel to go'); // a dialogue tells its closing in a task of its own
    assert.equal(await tab.run('() => document.activeElement.className'), 'hetk-why');
    await tab.run(`() => hetk('flush')`);
    await until(() => site.named('decision_explained').length, 'the row');
    assert.equal(site.named('decision_explained')[0].props.decision_id, site.named('decision')[0].id);
    assert.deepEqual(site.named('decision')[0].props.why, ['intent']);
    await calm(tab);
  });

  test('a language that we do not speak hears English, and says so to screen readers', async t => {
    const { tab } = await open(t, [campaign('c', { vars: [{ k: 'a', w: 1, text: { zh: { title: '免费' } } }] })], { lang: 'zh-CN' });
    await ask(tab);
    assert.deepEqual(await tab.run(`() => [${panel}.querySelector('dialog').lang, ${panel}.querySelector('dialog').ariaLabel]`), ['en', 'Why am I seeing this?']);
    assert.deepEqual((await tab.run(said)).slice(1, 3), ['It is shown to everybody here.', 'It was chosen from this visit alone, not from anything stored about you. The choice was made on this device.']);
  });

  test('not useful: it goes at once and stays away; the row says how', async t => {
    const { site, tab } = await open(t, [campaign('c')], { from: await own(t), consent });
    await ask(tab);
    await tab.run(press('Not useful'));
    assert.equal(await tab.run(gone), 'the default');
    assert.ok((await tab.run(said)).includes('Thank you. This stays away for 30 days.'));
    await tab.run(`() => { hetk('flush'); ahead = 40 * 60000 }`); // the place has rested by then
    await until(() => site.named('decision_dismissed').length, 'the row');
    assert.equal(site.named('decision_dismissed')[0].props.how, 'not_useful');
    await next(tab, site);
    assert.equal((await tab.run(decided('hero'))).suppressed_by, 'cool:not_useful');
    await calm(tab);
  });

  test('fewer like this: another of its kind, at another place, stays away too', async t => {
    const list = [campaign('c'), campaign('d', { place: 'footer' }), campaign('e', { place: 'side', kind: 'comparison' })];
    const { site, tab } = await open(t, list, { from: await own(t), consent });
    await ask(tab);
    await tab.run(press('Fewer like this'));
    await until(() => tab.run(`async () => { const d = await new Promise(ok => hetk('decide', 'footer', ok)); return d.suppressed_by == 'cap:fewer' }`), 'the engine to know');
    assert.equal((await tab.run(decided('side'))).chosen, true);
    await next(tab, site);
    assert.equal((await tab.run(decided('footer'))).suppressed_by, 'cap:fewer');
  });

  test('a purpose taken back in the panel: a consent, and what needed it goes', async t => {
    const { site, tab } = await open(t, [campaign('c', personal)], { from: await own(t), consent });
    await ask(tab);
    await tab.run(press('Content that fits me'));
    assert.equal(await tab.run(gone), 'the default');
    await tab.run(`() => hetk('flush')`);
    await until(() => site.named('consent_changed').some(e => e.ctx.consent.personalization === false), 'the row');
    await next(tab, site);
    assert.equal((await tab.run(decided('hero'))).suppressed_by, 'consent:personalization');
    assert.equal(site.named('decision_dismissed').length, 0);
  });

  test('a no to counting in the panel: nothing is sent any more and nothing is kept', async t => {
    const { site, tab } = await open(t, [campaign('c')], { from: await own(t), consent });
    await ask(tab);
    await tab.run(`() => hetk('flush')`);
    await until(() => site.named('decision_explained').length, 'what was agreed to');
    await tab.run(press('Remember my visits'));
    await tab.run(press('Not useful'));
    await tab.run(`() => hetk('flush')`);
    await until(() => site.named('consent_changed').some(e => e.ctx.consent.analytics === false), 'the no');
    await until(() => tab.run(`async () => !(await indexedDB.databases()).length`), 'nothing is kept');
    assert.equal(site.named('decision_dismissed').length, 0);
    assert.deepEqual(await tab.run(`() => [...${panel}.querySelectorAll('input')].map(one => [one.checked, one.disabled])`), [[false, false], [true, true], [false, true]]);
  });

  test('nothing personal about a topic: what is personal goes and stays away there', async t => {
    const body = slot + '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Runner","sku":"r1","category":"shoes/running"}</script>';
    const list = [campaign('c', { ...personal, when: { category: ['shoes'] }, because: ['category'] })];
    const { site, tab } = await open(t, list, { from: await own(t), consent, body });
    await tab.run(`() => { for (const n of [1, 2, 3]) hetk('track', 'add_to_cart', { items: [{ item_id: 'r' + n, item_category: 'shoes/running' }] }) }`);
    await ask(tab);
    assert.ok((await tab.run(said)).includes('You were looking at: running'));
    await tab.run(press('Nothing personal about: running'));
    assert.equal(await tab.run(gone), 'the default');
    await next(tab, site);
    await until(async () => (await tab.run(`() => new Promise(ok => { hetk('page'); hetk('decide', 'hero', ok) })`)).suppressed_by == 'sensitive', 'the engine to keep to it');
  });

  test('asked by a call: `why` opens the panel, without an element of ours', async t => {
    const { tab } = await open(t, [campaign('c')], { body: '<button id="own">?</button>' });
    await tab.run(`() => new Promise(ok => hetk('decide', 'hero', d => { document.querySelector('#own').onclick = () => d.why(); ok() }))`);
    await tab.page.click('#own');
    await until(() => tab.run(`() => !!${panel}?.querySelector('dialog[open]')`), 'the panel');
    await calm(tab);
  });

  for (const scheme of ['light', 'dark']) {
    test(`in the ${scheme}: the words stand out from their ground, also under a policy without inline styles, and nothing moves who asked for that`, async t => {
      const policy = `document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'Content-Security-Policy', content: "style-src 'none'" }));`;
      const { tab } = await open(t, [campaign('c')], { body: slot.replace(/ style="[^"]*"/, '').replace('hero"', 'hero" data-hetk-overlay'), attributes: '', title: 'x' });
      await tab.run(`() => { ${policy} }`);
      await tab.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await ask(tab);
      const colours = await tab.run(`() => {
        const dialog = ${panel}.querySelector('dialog');
        const ground = getComputedStyle(dialog).backgroundColor;
        return { moves: getComputedStyle(dialog).animationName, pairs: [...dialog.querySelectorAll('h2, p, button, label')].map(one => [getComputedStyle(one).color, ground]) };
      }`);
      assert.equal(colours.moves, 'none');
      for (const [ink, ground] of colours.pairs) assert.ok(contrast(ink, ground) >= 4.5, `${ink} on ${ground}`);
      assert.ok(luminance(colours.pairs[0][1]) < 0.1 == (scheme == 'dark'));
    });
  }
});

// The other engines: dialogs, focus, constructed sheets and lazy files are their own there. WebDriver's windows have no keyboard of ours,
// and but the first one of WebKit is in view: each row has a browser.
const asked = async tab => {
  await until(() => tab.run(shown), 'the words', 20_000);
  await tab.run(`() => { const why = document.querySelector('.hetk-why'); why.focus(); why.click(); }`);
  await until(() => tab.run(`() => !!${panel}?.querySelector('dialog[open]')`), 'the panel', 20_000);
};
const elsewhere = {
  async 'the reason in Hindi, above everything, and closing it gives the focus back'(t, from) {
    const list = [campaign('near', { when: { intent: ['go'], confidence: 550 }, because: ['intent'], vars })];
    const { tab } = await openPage(t, published(list), { from, lang: 'hi', path: '/search?q=' + encodeURIComponent('shoes near me') });
    await asked(tab);
    assert.deepEqual((await tab.run(said)).slice(0, 3), ['मुझे यह क्यों दिख रहा है?', 'आपको यह इसलिए दिख रहा है:', 'आपने अभी-अभी खोजा: “shoes near me”']);
    assert.deepEqual(await tab.run(`() => {
      const dialog = ${panel}.querySelector('dialog');
      return [dialog.matches(':modal'), ${panel}.activeElement.ariaLabel, getComputedStyle(dialog).borderTopLeftRadius, dialog.getBoundingClientRect().height > 200];
    }`), [true, 'बंद करें', '14px', true]);
    await tab.run(`() => ${panel}.querySelector('.close').click()`);
    await until(() => tab.run(`() => !document.querySelector('hetk-why')`), 'the panel to go');
    assert.equal(await tab.run('() => document.activeElement.className'), 'hetk-why');
    await calm(tab);
  },
  async 'not useful: it goes at once and stays away on the next page'(t, from) {
    const { site, tab } = await openPage(t, published([campaign('c')]), { from, consent });
    await asked(tab);
    await tab.run(press('Not useful'));
    assert.equal(await tab.run(gone), 'the default');
    await tab.run(`() => hetk('flush')`);
    await until(() => site.named('decision_dismissed').length, 'the row', 20_000);
    assert.equal(site.named('decision_dismissed')[0].props.how, 'not_useful');
    await tab.goto(site.url + '/p/2');
    await tab.run(ready);
    assert.equal((await tab.run(decided('hero'))).suppressed_by, 'cool:not_useful');
    await calm(tab);
  },
};
for (const [name, launch] of Object.entries(engines)) {
  for (const [row, work] of name == 'chromium' ? [] : Object.entries(elsewhere)) {
    describe(`why something is shown, in ${name}`, { skip: missing(name), timeout: 180_000 }, () => {
      let browser;
      before(async () => (browser = await launch()));
      after(() => browser?.close());
      test(row, t => work(t, browser));
    });
  }
}

const luminance = colour => {
  const [r, g, b] = colour.match(/[\d.]+/g).map(n => (n / 255 <= 0.03928 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [less, more] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (more + 0.05) / (less + 0.05);
};
