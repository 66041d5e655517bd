// Clicks come in: declared events (data-hetk-event), links of every kind and results of a search go out.
import type { Props } from '../track';
import { link } from './links';

type Track = (event: string, props?: Props) => unknown;

/** `path`: the composed path, which sees into shadow roots. `picked` hears of links to other pages of the site. */
export const clicked = (e: MouseEvent, path: any[], track: Track, picked: (link: Element) => void): void => {
  const declared: HTMLElement = path.find(node => node.dataset?.hetkEvent);
  const target = path.find(node => node.href && node.target != null); // an image of SVG has an href too, but goes nowhere
  if (declared) {
    const props: Props = {};
    for (const { name, value } of declared.attributes) {
      const [, key] = name.split('data-hetk-prop-');
      if (key) props[key] = value;
    }
    track(declared.dataset.hetkEvent!, props);
  }
  if (declared || !target || e.button > 1) return;
  // One of SVG has its address in a box of its own, as it was written.
  const { href, host, pathname } = Object.assign(document.createElement('a'), { href: target.href.baseVal ?? target.href });
  const found = link(href, host, location.host, target.download);
  if (found) track(...found);
  else if (host && pathname != location.pathname) picked(target);
};
