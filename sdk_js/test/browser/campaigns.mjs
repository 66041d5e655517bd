// Campaigns come in; a page of a site that has published them, open in a browser, goes out.
import { ready, startSite } from './site.mjs';

export const day = 86_400_000;
const text = { en: { title: 'Free delivery', body: 'From 49 EUR.', button: 'Look' } };
export const campaign = (id, more = {}) => ({
  id, rev: 1, place: 'hero', kind: 'content', basis: 'contextual', pri: 0, w: 100, hold: 0, cap: 3, cool: [day, 30 * day],
  vars: [{ k: 'a', w: 1, url: '/sale', text }], ...more,
});
export const personal = { basis: 'personal', need: ['personalization'] };
export const published = (list, more = {}) => ({
  v: 1,
  act: { v: 1, rev: 1, salt: '5f1c9a3e7b20d846', kill: false, fresh: 60_000, quiet: [1260, 480], reach_day: 1, reach_week: 3,
    place_cool: 1_800_000, fewer_for: 90 * day, lang: 'en', sensitive: [], list, ...(/"(intent|confidence|category|words)"/.test(JSON.stringify(list)) && { moment: true }), ...more },
});
export const slot = '<div data-hetk-slot="hero" style="height: 140px; overflow: hidden">the default</div>';
/** The page is a person's, in every engine alike: an automated one has no moments. Its clock may be put forward; shifts of its layout are noted. */
const early = `
  Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false });
  window.ahead = 0; const now = Date.now; Date.now = () => now() + window.ahead;
  window.shift = 0; new PerformanceObserver(l => l.getEntries().forEach(e => (shift += e.value))).observe({ type: 'layout-shift', buffered: true });`;

export async function open(t, config, { body = slot, from, path = '/p/1', consent, files, ...page } = {}) {
  const asked = { times: 0, config };
  const answer = () => ((asked.times++), { body: typeof asked.config == 'string' ? asked.config : JSON.stringify(asked.config), type: 'application/json' });
  const site = await startSite({ page: { early, body, ...page }, files: { '/v1/config': answer, ...files } });
  const tab = await from.page();
  t.after(() => tab.close());
  t.after(() => site.stop());
  await tab.goto(site.url + path);
  await tab.run(ready);
  if (consent) {
    await tab.run(`() => hetk('consent', ${JSON.stringify(consent)})`);
    await tab.goto(site.url + path);
    await tab.run(ready);
  }
  return { site, tab, asked };
}

/** The page's last word: what was counted is sent when it leaves. */
export const leave = (site, tab) => tab.goto(site.url + '/elsewhere');
export const shown = `() => document.querySelector('.hetk-act strong')?.textContent`;
export const decided = place => `() => new Promise(ok => hetk('decide', '${place}', ok))`;
