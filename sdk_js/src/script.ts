// The script tag: its attributes come in, `window.hetk` goes out. Two tags with two keys make two sites on one page.
// For pages in TypeScript: `/// <reference types="hetk/script" />` types the calls.
import { type Hetk, createHetk } from './hetk';

declare global {
  var hetk: Hetk;
}

try {
  const w = window as any;
  const { src, dataset } = document.currentScript as any;
  const { s: sites = {}, q } = w.hetk || {};
  sites[dataset.key]?.('listen'); // the document may be another one since
  sites[dataset.key] ||= createHetk({ host: new URL(src).origin, ...dataset }, q);
  w.hetk = (...args: unknown[]) => {
    for (const key in sites) sites[key](...args);
  };
  w.hetk.s = sites;
} catch {} // no tag, no address: there is no page to tell
