// An engine's name comes in, a browser with one small interface goes out: page(), and per page goto, run, click, close.
import { chromium } from './chromium.mjs';
import { firefox } from './firefox.mjs';
import { webkit } from './webkit.mjs';

export const engines = { chromium, firefox, webkit };
