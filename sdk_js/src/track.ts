// Calls and captures come in, recorded events go to whoever listens on the page and, where consent allows, to the queue.
import { eventCharsMax, recordedMax, site } from './config';
import { toJson } from './json';
import { keep, token } from './journal';
import { more } from './lazy';
import { context, who } from './person';
import { push } from './queue';
import { problems, taken } from './report';
import * as transport from './transport';
import { uuid } from './uuid';

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
}

let seq = 0;
/** The page's first events as JSON, for what is asked for later; its `push` is replaced by who wants to hear those to come. */
export const past: string[] = [];
/** Ids of what was not to be sent. */
export const refused: string[] = [];
/** What the last view changed against the context. */
export const moved: { url?: string; ref?: string; title?: string } = {};

/** Records an event. `reduced`: its props are known to be plain JSON that fits. */
export const track = (event: string, props?: Props, reduced?: unknown): void => {
  const t = Date.now();
  const id = uuid(t);
  let ev;
  try {
    ev = toJson({ id, event: event.slice(0, 200), t, seq: seq++, props: props && { ...props }, ...moved });
    if (ev.length > eventCharsMax && !reduced) throw ev;
  } catch {
    return more('reduce', event, props);
  }
  if (!past[recordedMax]) past.push(ev);
  if ((site.skip || who.consent.analytics === false) && event != 'consent_changed') return void refused.push(id);
  const item = { id, ctx: context(t), ev, token };
  push(item);
  keep(item);
  transport.nudge();
};

export const flush = (how?: unknown): void => {
  const hetk = problems;
  taken(); // before the report, which may cost a full queue an event itself
  if (hetk) track('error', { hetk });
  transport.flush(how);
};
