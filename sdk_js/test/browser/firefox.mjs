// Firefox by puppeteer over WebDriver BiDi: a profile and circumstances come in, a browser with the suites' interface goes out.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { until } from '../collector.mjs';
import { family, killAll, paths } from './machine.mjs';

const proxied = proxy => {
  const { hostname, port } = new URL(proxy);
  return { 'network.proxy.type': 1, 'network.proxy.http': hostname, 'network.proxy.http_port': +port };
};

export async function firefox({ profile, proxy, inPrivate, denied, full } = {}) {
  // Puppeteer puts a profile's settings aside and, some time after the browser's end, back: not while the next one starts.
  const aside = ['user.js', 'prefs.js'].map(name => join(profile ?? '', `${name}.puppeteer`));
  if (profile) await until(() => !aside.some(existsSync), 'the browser before to have left its profile');
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: paths.firefox, headless: true, userDataDir: profile,
    extraPrefsFirefox: {
      ...(proxy && proxied(proxy)),
      ...(inPrivate && { 'browser.privatebrowsing.autostart': true }),
      ...(denied && { 'network.cookie.cookieBehavior': 2 }),
      ...(full && { 'dom.quotaManager.temporaryStorage.fixedLimit': 1 }), // KB
    },
  });
  const { pid } = browser.process();
  return {
    async page() {
      const page = await browser.newPage();
      const errors = [];
      page.on('pageerror', e => errors.push(String(e)));
      return {
        page, errors,
        goto: url => page.goto(url, { waitUntil: 'load' }),
        run: (fn, ...args) => page.evaluate(`(${fn})(${args.map(a => JSON.stringify(a))})`),
        click: selector => page.click(selector),
        close: () => page.close(),
        fillStorage() {}, // `full` has done it
      };
    },
    kill: () => killAll(family(pid).keys()),
    close: () => browser.close(),
  };
}
