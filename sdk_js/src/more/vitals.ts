// The browser's own measurements come in; what it returns sends one `web_vital` per vital, once: call it when the page is left.
// Definitions: https://web.dev/articles/vitals and its pages on LCP, CLS, INP, FCP, TTFB.

/** `tell` gets a name and a value: milliseconds, for CLS a score. */
export function watchVitals(tell: (name: string, value: number) => void): () => void {
  const values: Record<string, number> = {};
  const watch = (type: string, each: (entry: any) => void, options?: object): unknown => {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
    new PerformanceObserver(list => list.getEntries().forEach(each)).observe({ type, buffered: true, ...options });
    return 1;
  };
  // A prerendered page begins when somebody sees it.
  const since = (time: number): number => Math.max(0, time - ((performance.getEntriesByType('navigation')[0] as any)?.activationStart || 0));

  watch('navigation', e => (values.TTFB = since(e.responseStart)));
  watch('paint', e => e.name == 'first-contentful-paint' && (values.FCP = since(e.startTime)));
  // The largest paint before the person first does something.
  let acted = Infinity;
  for (const type of ['keydown', 'pointerdown', 'scroll']) addEventListener(type, e => (acted = Math.min(acted, e.timeStamp)), { capture: true, once: true });
  watch('largest-contentful-paint', e => e.startTime < acted && (values.LCP = since(e.startTime)));

  // The largest burst of shifts that nobody caused: gaps under a second, five seconds at most.
  let score = 0;
  let first = 0;
  let last = 0;
  const shifts = watch('layout-shift', e => {
    if (e.hadRecentInput) return;
    if (e.startTime - last > 1000 || e.startTime - first > 5000) {
      score = 0;
      first = e.startTime;
    }
    last = e.startTime;
    values.CLS = Math.max(values.CLS || 0, (score += e.value));
  });

  // The slowest interaction; one in fifty is forgiven.
  const slowest = new Map<number, number>();
  watch('event', e => e.interactionId && slowest.set(e.interactionId, Math.max(e.duration, slowest.get(e.interactionId) || 0)), { durationThreshold: 16 });

  let told: unknown;
  return () => {
    if (told) return;
    told = 1;
    const times = [...slowest.values()].sort((a, b) => b - a);
    if (times[0]) values.INP = times[(times.length / 50) | 0];
    if (shifts) values.CLS = values.CLS || 0; // none is the best score
    for (const name in values) tell(name, Math.round(values[name] * 1000) / 1000);
  };
}
