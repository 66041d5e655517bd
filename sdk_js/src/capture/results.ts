// A results page comes in: how many there are, and which of them a link is.

/** Nothing when neither the page (`data-hetk-results="12"`) nor its linked data (an ItemList) says. */
export const results = (nodes: any[]): number | undefined => {
  const said = document.querySelector<HTMLElement>('[data-hetk-results]')?.dataset.hetkResults;
  const list = nodes.find(node => node['@type'] == 'ItemList');
  const n = said || (list?.numberOfItems ?? list?.itemListElement?.length);
  return n == null || isNaN(+n) ? undefined : +n;
};

/** The place of a link among its likes, from 1: of the nearest part of the page that repeats with a link in each. Menus do not count. */
export const rank = (link: Element): number | undefined => {
  if (link.closest('nav,header,footer,aside')) return;
  for (let part: Element | null = link; part?.parentElement; part = part.parentElement) {
    const { localName, className, parentElement } = part as any;
    const likes = [...parentElement.children].filter(one => one.localName == localName && one.className == className && (one.href || one.querySelector('a[href]')));
    if (likes[1]) return likes.indexOf(part) + 1;
  }
  return;
};
