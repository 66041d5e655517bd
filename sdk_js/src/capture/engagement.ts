// Visibility and scrolling come in, at most one `engagement` event per stretch of attention goes out.
import { track } from '../track';

let since = 0; // when the page became visible, 0 while hidden
let seen = 0;
let depth = 0;

/** Call it at the start and whenever the page is shown or hidden. */
export const look = (): void => {
  const now = performance.now();
  if (since) seen += now - since;
  since = document.hidden ? 0 : now;
};
export const scrolled = (): void => {
  depth = Math.max(depth, scrollY + innerHeight);
};

/** Sends what was seen since the last report; call it before the page changes or goes. */
export const report = (): void => {
  look();
  scrolled();
  if (seen < 1000) return;
  track('engagement', {
    visible_ms: seen | 0,
    scroll_pct: Math.min(100, ((100 * depth) / document.documentElement.scrollHeight) | 0),
  });
  seen = depth = 0;
};
