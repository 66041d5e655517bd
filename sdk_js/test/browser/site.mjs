// A key comes in, a small web site with the built snippet on it goes out, served by the test collector itself.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startCollector } from '../collector.mjs';
import { remote } from './webkit.mjs';

export const dist = name => readFileSync(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)));

export const stub = '<script>window.hetk=window.hetk||function(){(hetk.q=hetk.q||[]).push(arguments)}</script>';

/** What goes wrong on a page, in every engine alike: `window.mistakes`. */
const notes = `<script>window.mistakes = []; addEventListener('error', e => mistakes.push('' + e.message)); addEventListener('unhandledrejection', e => mistakes.push('' + e.reason))</script>`;

/** A page. `attributes` go onto the script tag, `early` runs before it, `body` after. */
export const html = ({ title = 'Shop', lang = 'en', attributes = '', early = '', body = '', key = 'wk_test', src = '/hetk.js' } = {}) =>
  `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>${title}</title>${stub}${notes}<script>${early}</script>` +
  `<script async src="${src}" data-key="${key}" ${attributes}></script></head><body>${body}` +
  '<a id="out" href="https://elsewhere.example/x?token=secret">out</a> <a id="file" href="/price.pdf">file</a> ' +
  '<a id="tel" href="tel:+3721234567">call</a> <a id="map" href="https://maps.example/dir?to=x">map</a> ' +
  '<a id="mail" href="mailto:someone@example.com">mail</a> ' +
  '<button id="declared" data-hetk-event="pressed" data-hetk-prop-what="red shoes"><b id="inner">press</b></button>' +
  '<script>for (const a of document.querySelectorAll("a")) a.addEventListener("click", e => e.preventDefault())</script></body></html>';

export const script = { body: dist('hetk.js'), type: 'text/javascript', headers: { 'access-control-allow-origin': '*' } };

/** What the page fetches lazily, by the names the collector serves it under for good. */
export const lazy = () =>
  Object.fromEntries(
    readdirSync(new URL('../../dist', import.meta.url))
      .filter(name => /^hetk-.*\.mjs$/.test(name))
      .map(name => {
        const body = dist(name);
        const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
        return [`/${name.replace('.mjs', '')}-${hash}.mjs`, { body, type: 'text/javascript' }];
      }),
  );

export async function startSite({ page = {}, files = {} } = {}) {
  const any = request => {
    const driver = /[?&]remote=(\d+)/.exec(request.url);
    return { body: html(driver ? { ...page, early: remote(driver[1]) } : page) };
  };
  return startCollector({ files: { '/hetk.js': script, '/favicon.ico': { body: '' }, '*': any, ...lazy(), ...files } });
}

/** Resolves in the page when the tracker has replaced the stub. */
export const ready = `() => new Promise(ok => { const look = () => window.hetk && hetk.s ? ok() : setTimeout(look, 5); look(); })`;

/** Fails when the page, or the browser on its behalf, had anything to complain of. */
export async function calm(page) {
  assert.deepEqual([...page.errors, ...(await page.run('() => window.mistakes || []'))], []);
}
