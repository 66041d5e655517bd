// Calls and captures come in, recorded events go to whoever listens on the page and, where consent allows, to the queue.
import { eventCharsMax, site } from './config';
import { hear } from './heard';
import { toJson } from './json';
import { keep, token } from './journal';
import { context, who } from './person';
import { type Item, push } from './queue';
import { problems } from './report';
import { nudge } from './transport';
import { uuid } from './uuid';
import { moved } from './views';

export type Props = Record<string, unknown>;

/** What `on('event')` hands over: the event as recorded, before any decision about sending it. */
export interface Recorded {
  id: string;
  event: string;
  /** Client time, ms. */
  t: number;
  /** Counts the events of this page life. */
  seq: number;
  props?: Props;
  /** Set when the page changed since it loaded. */
  url?: string;
  ref?: string;
  title?: string;
  page_type?: string;
}

let seq = 0;

/** Records an event. `reduced`: its props are known to be plain JSON that fits. */
export const track = (event: string, props?: Props, reduced?: unknown): void => {
  const t = Date.now();
  const item = { id: uuid(t), token } as Item;
  try {
    item.ev = toJson({ id: item.id, event: event.slice(0, 200), t, seq: seq++, props: props && { ...props }, ...moved });
    if (item.ev.length > eventCharsMax && !reduced) throw 0;
  } catch {
    return void hear('reduce', event, props);
  }
  hear('event', item);
  if ((site.skip || who.consent.analytics === false) && event != 'consent_changed') return;
  item.ctx = context(t);
  push(item);
  keep(item);
  nudge();
};

/** Tells what was lost since it last did; of faults of its own only the first time. */
export const tell = (): void => {
  for (const reason in problems) {
    const n = problems[reason];
    const own = /^e/.test(reason);
    problems[reason] = own ? -Infinity : 0; // before it is told, which may cost a full queue an event itself
    if (n > 0) track(own ? 'error' : 'events_lost', { n, reason });
  }
};
