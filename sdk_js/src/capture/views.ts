// Navigations come in, one `page_view` per page a person sees goes out.
import { guard } from '../report';
import { type Props, moved, track } from '../track';
import { report } from './engagement';
import { searched } from './forms';

let url = ''; // of the last view

// Neither the query nor an anchor ("#reviews") makes a new page; a router's hash ("#/cart") does.
const page = (href: string): string => href.replace(/\?[^#]*|#[^!/].*/g, '');

export const view = (props?: Props): void => {
  const { href } = location;
  if (url) {
    report();
    if (url != href) Object.assign(moved, { url: href, ref: url, title: document.title });
  }
  url = href;
  track('page_view', props);
  searched();
};

// After the task: vue-router calls replaceState and pushState for one view, and routers set the title after the address.
export const navigated = (): unknown => setTimeout(guard(() => page(location.href) != page(url) && view()));

export const followRouters = (): void => {
  const { navigation } = window as any;
  if (navigation) navigation.addEventListener('currententrychange', navigated);
  else for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = (...args) => {
      navigated();
      original.apply(history, args);
    };
  }
};
