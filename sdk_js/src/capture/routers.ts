// What to do after a navigation inside the page comes in; engines without the Navigation API learn to do it.
export function followRouters(navigated: () => unknown): void {
  if ('navigation' in window) return; // the core listens to it
  addEventListener('popstate', navigated, true);
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = (...args) => {
      navigated();
      original.apply(history, args);
    };
  }
}
