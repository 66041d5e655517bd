// Navigations come in, one `page_view` per page a person sees goes out.
import { hear } from './heard';
import { guard } from './report';
import { type Props, track } from './track';

let url = ''; // of the last view
/** What the page changed against the context since it loaded. */
export let moved: { url?: string; ref?: string; title?: string; page_type?: string } = {};

// Neither the query nor an anchor ("#reviews") makes a new page; a router's hash ("#/cart") does.
const page = (href: string): string => href.replace(/\?[^#]*|#[^!/].*/g, '');

const move = (): unknown => (moved = { url: location.href, ref: url, title: document.title });

/** True between a change of the address and the view of it. */
const ahead = (): boolean => page(location.href) != page(url);

/** What the page tracks in the task of a navigation belongs to the new address. */
export const catchUp = (): unknown => ahead() && move();

export const view = (props?: Props): void => {
  hear('page');
  if (url && url != location.href) move();
  url = location.href;
  track('page_view', props);
};

// After the task: vue-router calls replaceState and pushState for one view, and routers set the title after the address.
// Engines without the Navigation API have the second file call it (src/capture/routers.ts).
export const navigated = (): unknown => setTimeout(guard(() => ahead() && view()));
