// An event as the page recorded it comes in, the same in the names of the warehouse's columns goes out.
import type { Recorded } from '../track';
import type { Classifier } from '../intent';
import type { MomentEvent } from './types';

/** Where the visit came from (arrival.ts); comes with the classifier's file. */
export type Arriving = (address: string, ref: string) => Partial<MomentEvent>;

const device = (): string =>
  matchMedia('(pointer: coarse)').matches ? (Math.min(screen.width, screen.height) < 600 ? 'mobile' : 'tablet') : 'desktop';

const number = (value: unknown): number | undefined => (value == null || isNaN(+(value as any)) ? undefined : +(value as any));
const word = (value: unknown): string | undefined => (value == null ? undefined : '' + value);

/** An event as the page told it, in the names the loader gives its columns. */
export function told({ id, event, t, props = {}, url, ref, page_type }: Recorded, classify?: Classifier, arrival?: Arriving): MomentEvent {
  const p = props as any;
  const item = (Array.isArray(p.items) && p.items[0]) || {};
  const lang = document.documentElement.lang || undefined;
  const query = word(p.query ?? p.search_term);
  const verdict = query && classify ? classify(query, lang) : undefined;
  const address = url || location.href;
  return {
    device_type: device(),
    ...arrival?.(address, ref ?? document.referrer),
    event_id: id,
    t,
    event,
    url_path: new URL(address).pathname,
    page_type: page_type || document.querySelector<HTMLElement>('[data-hetk-page]')?.dataset.hetkPage,
    page_lang: lang,
    search_norm: verdict ? verdict.norm : query?.trim().toLowerCase(),
    search_lang: verdict?.lang,
    know: verdict?.know,
    go: verdict?.go,
    do: verdict?.do,
    buy: verdict?.buy,
    product_id: word(p.product_id ?? p.item_id ?? item.item_id),
    category: word(p.category ?? item.item_category),
    order_id: word(p.order_id ?? p.transaction_id),
    place: word(p.place),
    value: number(p.value),
    visible_ms: number(p.visible_ms),
    scroll_pct: number(p.scroll_pct),
    percent: number(p.percent),
    hour: new Date(t).getHours(),
    is_bot: navigator.webdriver || undefined,
  };
}
