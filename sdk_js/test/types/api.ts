// The typed calls, as a page and an app write them: what must not compile says so.
import { createHetk, decide } from '../../src/index';
import { createHetk as createNative } from '../../src/native/index';
import type { Options } from '../../src/native/types';

export const page = (): void => {
  const hetk = createHetk({ key: 'wk', host: 'https://collect.example' });
  hetk('track', 'purchase', { order_id: 'A-1', value: 3, currency: 'EUR', items: [{ item_id: 'A1' }] });
  hetk('track', 'own_event', { anything: 1 });
  hetk('on', 'event', e => e.event.length + e.seq);
  hetk('on', 'moment', ({ moment }) => moment.confidence.toFixed(2));
  hetk('decide', 'hero', d => d.dismissed?.('fewer'));
  hetk('context', { cart: { state: 'open', value: 42.5, currency: 'EUR' } });
  decide(hetk, 'hero').then(d => d.chosen && d.title);
  // @ts-expect-error how it was dismissed is one of three words
  hetk('decide', 'hero', d => d.dismissed?.('gone'));
  // @ts-expect-error a search has a query
  hetk('track', 'search', { results: 3 });
  // @ts-expect-error percent is a number
  hetk('track', 'video_progress', { percent: 'half' });
  // @ts-expect-error no such call
  hetk('pageview');
};

export const app = (parts: Options): void => {
  const hetk = createNative(parts);
  hetk('screen', 'Cart');
  hetk('track', 'view_item', { items: [{ item_id: 'A1' }] });
  // @ts-expect-error items have ids
  hetk('track', 'view_item', { items: [{ name: 'x' }] });
  // @ts-expect-error apps show screens
  hetk('page');
};
