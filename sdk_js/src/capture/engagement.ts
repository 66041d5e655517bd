// Visibility, scrolling and activity come in, at most one `engagement` event per stretch of attention goes out; on a page that
// answers a question one more, at once, when it has been read.
import type { Props } from '../track';

/** The warehouse's rules for a know moment that was answered (moment_defaults.json, outcome.engagement). */
export const readMs = 20_000;
export const readPct = 50;
export const answers = /^(article|newsarticle|blogposting|techarticle|faqpage|qapage|definedterm|medicalcondition)$/i;
export const answerPaths = /\/(blog|news|articles?|wiki|docs|faq|help|questions|glossary)(\/|$)/i;
const idleMs = 5000; // without a sign of the person; until then the time counts as active

export interface Attention {
  /** Listens to the document of now. */
  attach(): void;
  /** The page is shown or hidden. */
  look(): void;
  /** Sends what was seen since the last report; call it before the page changes or goes. */
  report(): void;
  /** Another page of the app: it can be read anew. */
  turn(): void;
}

/** `since`: when the page was first visible; `isAnswer`: whether the page of now answers a question. */
export function attend(since: number, isAnswer: () => boolean, track: (event: string, props: Props) => unknown): Attention {
  let seen = 0;
  let active = 0;
  let depth = 0;
  let whole = 0; // since the page turned
  let read: unknown;
  let acted = since;
  if (document.hidden) since = 0;

  const look = (): void => {
    const now = performance.now();
    if (since) {
      seen += now - since;
      whole += now - since;
    }
    since = document.hidden ? 0 : now || 1;
  };
  const act = (): void => {
    const now = performance.now();
    if (since) active += Math.min(now - acted, idleMs);
    acted = now;
    depth = Math.max(depth, scrollY + innerHeight);
  };
  const pct = (): number => Math.min(100, ((100 * depth) / document.documentElement.scrollHeight) | 0);
  const report = (more?: Props): void => {
    look();
    act();
    if (seen >= 1000) {
      track('engagement', { visible_ms: seen | 0, active_ms: Math.min(seen, active) | 0, scroll_pct: pct(), ...more });
      seen = active = 0;
    }
  };
  setInterval(() => {
    if (read || !since || !isAnswer()) return;
    look();
    if (whole < readMs || pct() < readPct) return;
    read = 1;
    report({ read: true });
  }, 1000);
  return {
    attach: () => ['scroll', 'pointermove', 'pointerdown', 'keydown', 'touchmove'].forEach(sign => addEventListener(sign, act, { capture: true, passive: true })),
    look,
    report: () => report(),
    turn() {
      depth = whole = 0;
      read = undefined;
    },
  };
}
