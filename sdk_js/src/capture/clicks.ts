// Clicks come in: declared events (data-hetk-event), outbound links, files, calls and directions go out.
import { type Props, track } from '../track';

export const clicked = (e: MouseEvent): void => {
  // The composed path sees into shadow roots, where `target` is only the host.
  const path = e.composedPath() as any[];
  const declared: HTMLElement = path.find(node => node.dataset?.hetkEvent);
  const link = path.find(node => node.href && node.target != null); // an image of SVG has an href too, but goes nowhere
  if (declared) {
    const props: Props = {};
    for (const { name, value } of declared.attributes) {
      const [, key] = name.split('data-hetk-prop-');
      if (key) props[key] = value;
    }
    track(declared.dataset.hetkEvent!, props);
  } else if (link && e.button < 2) {
    // One of SVG has its address in a box of its own, as it was written.
    const { href, host } = Object.assign(document.createElement('a'), { href: link.href.baseVal ?? link.href });
    // The address leaves the page without its query: queries carry tokens and names.
    const [url] = href.split(/[?#]/);
    const event = /^tel:/.test(href)
      ? 'call'
      : link.download || /\.(pdf|zip|docx?|xlsx?|pptx?|csv|mp[34]|dmg|exe|apk)$/i.test(url)
        ? 'download'
        : host != location.host && (/^geo:|\/maps[./?]/.test(href) ? 'get_directions' : host && 'outbound_click');
    if (event) track(event, { url });
  }
};
