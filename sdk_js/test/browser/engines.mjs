// An engine's name comes in, a browser with one small interface goes out: page(), and per page goto, run, click, close.
import { chromium } from './chromium.mjs';
import { firefox } from './firefox.mjs';
import { webkit } from './webkit.mjs';

const all = { chromium, firefox, webkit };
/** HETK_ENGINES=chromium,firefox narrows them. */
export const engines = Object.fromEntries(Object.entries(all).filter(([name]) => (process.env.HETK_ENGINES ?? name).split(',').includes(name)));
