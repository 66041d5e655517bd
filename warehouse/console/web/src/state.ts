// The address is the state: page, site, days and filters can be sent to somebody else as a link.
import { useEffect, useState } from 'preact/hooks';

export const BASE = '/console/';
export const FILTERS = ['intent', 'channel', 'social_network', 'referrer_domain', 'utm_campaign', 'lang', 'device_type', 'os', 'browser', 'country', 'page', 'search', 'follows', 'journey'] as const;
export type Filter = (typeof FILTERS)[number];
export const RANGES = ['today', 'yesterday', '7d', '28d', '90d', '365d'] as const;

export interface Address {
  page: string;
  query: URLSearchParams;
}

export function read(): Address {
  return { page: location.pathname.slice(BASE.length).replace(/\/$/, ''), query: new URLSearchParams(location.search) };
}

/** What carries over from one page to the next: site, days, filters. */
export function shared(query: URLSearchParams): URLSearchParams {
  const kept = new URLSearchParams();
  for (const [name, value] of query) {
    if (['site', 'range', 'from', 'to', ...FILTERS].includes(name)) kept.append(name, value);
  }
  return kept;
}

export function link(page: string, query: URLSearchParams): string {
  const text = query.toString();
  return BASE + page + (text ? `?${text}` : '');
}

export function go(page: string, query: URLSearchParams): void {
  history.pushState(null, '', link(page, query));
  dispatchEvent(new PopStateEvent('popstate'));
  if (page !== read().page) scrollTo(0, 0);
}

export function change(edit: (query: URLSearchParams) => void): void {
  const { page, query } = read();
  edit(query);
  go(page, query);
}

export function toggleFilter(name: Filter, value: string): void {
  change((query) => {
    if (query.getAll(name).includes(value)) query.delete(name, value);
    else query.append(name, value);
  });
}

export function useAddress(): Address {
  const [address, set] = useState(read);
  useEffect(() => {
    const follow = () => set(read());
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  return address;
}

/** A click on a link inside the console changes the page without loading it. */
export function follow(event: MouseEvent): void {
  const anchor = (event.target as Element).closest?.('a');
  if (!anchor || event.button || event.metaKey || event.ctrlKey || event.shiftKey || anchor.origin !== location.origin) return;
  if (!anchor.pathname.startsWith(BASE) || anchor.hasAttribute('download') || anchor.target) return;
  event.preventDefault();
  history.pushState(null, '', anchor.href);
  dispatchEvent(new PopStateEvent('popstate'));
  scrollTo(0, 0);
}

export function useWidth(): [(node: Element | null) => void, number] {
  const [node, setNode] = useState<Element | null>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!node) return;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    watch.observe(node);
    return () => watch.disconnect();
  }, [node]);
  return [setNode, width];
}
