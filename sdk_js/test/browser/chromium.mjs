// Chromium by playwright: a profile and circumstances come in, a browser with the suites' small interface goes out.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { discard, killAll, paths, temporary, usersOf } from './machine.mjs';

export const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-blink-features=AutomationControlled',
];
export const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** By puppeteer: playwright turns the back/forward cache and prerendering off. */
async function whole() {
  const browser = await puppeteer.launch({
    executablePath: paths.chromium, args: flags, ignoreDefaultArgs: ['--disable-back-forward-cache', '--enable-automation'],
  });
  return {
    async page() {
      const page = await browser.newPage();
      const errors = [];
      page.on('pageerror', e => errors.push(String(e)));
      return {
        errors,
        goto: url => page.goto(url, { waitUntil: 'load' }),
        run: (fn, ...args) => page.evaluate(`(${fn})(${args.map(a => JSON.stringify(a))})`),
        click: selector => page.click(selector),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

/**
 * `proxy`: where http goes that is not for this machine; `inPrivate`, `denied`: windows and settings a visitor may have;
 * `lives`: pages may wait in the back/forward cache and be prerendered.
 */
export async function chromium({ profile, proxy, inPrivate, denied, lives, options = {} } = {}) {
  if (lives) return whole();
  const dir = profile ?? temporary();
  if (denied) {
    mkdirSync(join(dir, 'Default'), { recursive: true });
    writeFileSync(join(dir, 'Default/Preferences'), '{"profile":{"default_content_setting_values":{"cookies":2}}}');
  }
  const extra = [...(proxy ? [`--proxy-server=${proxy}`] : []), ...(inPrivate ? ['--incognito'] : [])];
  const context = await playwright.launchPersistentContext(dir, {
    executablePath: paths.chromium,
    args: [...flags, ...extra],
    ignoreDefaultArgs: ['--enable-automation'],
    userAgent: agent,
    ...options,
  });
  return {
    context,
    async page() {
      const page = await context.newPage();
      const errors = [];
      page.on('pageerror', e => errors.push(String(e)));
      return {
        page, errors,
        goto: url => page.goto(url, { waitUntil: 'load' }),
        run: (fn, ...args) => page.evaluate(`(${fn})(${args.map(a => JSON.stringify(a))})`),
        click: selector => page.click(selector, { noWaitAfter: true }),
        close: () => page.close({ runBeforeUnload: false }),
        crash: () => page.goto('chrome://crash').catch(() => {}),
        async fillStorage() {
          const cdp = await context.newCDPSession(page);
          await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 0 });
        },
      };
    },
    offline: off => context.setOffline(off),
    kill: () => killAll(usersOf(dir)),
    async close() {
      await context.close();
      if (!profile) discard(dir);
    },
  };
}
