// Clicks come in; `rage_click` (three within a second and thirty pixels) and `dead_click` (nothing happened for 2.5 s) go out.
// The measures are those that recorders of sessions agree on, see https://posthog.com/docs/product-analytics/autocapture.

/** Where the click went: tag, id and classes, never text. */
const named = ({ localName, id, classList }: Element): string =>
  (localName + (id && '#' + id) + [...classList].map(name => '.' + name).join('')).slice(0, 200);

// A click into these moves the focus or what is selected before it is one.
const fields = 'input,select,textarea,label,option,video,audio,[contenteditable]';

/** Returns what to call when something else says that the page lives. */
export function watchFrustration(tell: (event: string, target: string) => void): () => void {
  let clicks: MouseEvent[] = [];
  let lived = 0;
  let timer: any;
  const alive = (): void => {
    lived = performance.now();
  };
  const observer = new MutationObserver(alive);
  for (const sign of ['scroll', 'input', 'submit', 'selectionchange', 'visibilitychange', 'pagehide', 'blur', 'focus', 'toggle']) {
    addEventListener(sign, alive, true);
  }
  addEventListener('click', (e: MouseEvent) => {
    const target = e.composedPath()[0];
    if (!e.isTrusted || !(target instanceof Element)) return;
    clicks = clicks.filter(c => e.timeStamp - c.timeStamp < 1000 && Math.hypot(c.clientX - e.clientX, c.clientY - e.clientY) < 30);
    if (clicks.push(e) == 3) tell('rage_click', named(target));
    clearTimeout(timer);
    if (target.closest(fields)) return;
    const { href } = location;
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    timer = setTimeout(() => {
      observer.disconnect();
      if (lived < e.timeStamp && location.href == href) tell('dead_click', named(target));
    }, 2500);
  }, true);
  return alive;
}
