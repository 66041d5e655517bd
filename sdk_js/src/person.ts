// Consent answers and names come in; who the events belong to and what may be sent goes out, as the batch context.
// What is remembered of a person who agreed is one entry of localStorage; nothing else touches it.
import { sessionIdleMs, site, stored } from './config';
import { type Consent, merge } from './consent';
import { openJournal, purge } from './journal';
import { parse, toJson } from './json';
import { empty } from './queue';
import { type Props, track } from './track';
import { uuid } from './uuid';

export interface Who {
  consent: Consent;
  /** These are of people who agreed to analytics. */
  visitor?: string;
  session?: string;
  /** Last activity, ms. */
  at?: number;
  /** May be named before agreeing: sent only once they agree. */
  user?: string;
  /** The traits that came with the name, until they are sent. */
  named?: Props;
}

let ctx = ''; // '' = to be made
let zone: string | undefined;
export let who: Who = { consent: {} };

/** The context of an event; '' while an opt-in site waits for the answer. */
export const context = (now: number): string => {
  const { consent, visitor, user } = who;
  if (site.consent && consent.analytics == null) return '';
  if (visitor) {
    // The first session, or a new one after 30 idle minutes; a clock set back counts as idle too.
    if (!(Math.abs(now - who.at!) < sessionIdleMs)) {
      who.session = uuid(now);
      ctx = '';
    }
    who.at = now;
  }
  return (ctx ||= toJson(consent.analytics === false ? { consent } : {
    ...(visitor ? who : { consent }),
    at: undefined,
    mode: visitor ? (user ? 'user' : 'first_party') : 'cookieless',
    url: location.href,
    ref: document.referrer || undefined,
    title: document.title,
    lang: document.documentElement.lang || undefined,
    locale: navigator.language,
    // Intl would load calendars for it, which takes longer than all the rest of this file: elsewhere the second one does that.
    tz: (zone ||= (window as any).Temporal?.Now?.timeZoneId()),
  }));
};

/** What no Temporal could tell. */
export const dwell = (found: string): void => {
  zone = found;
  ctx = '';
};

/** Storage may be denied or full: then who it is lives as long as the page. */
export const save = (): void => {
  try {
    if (who.visitor) {
      openJournal();
      localStorage[stored] = toJson(who);
    }
  } catch {}
};

const agree = (): void => {
  const { named, ...rest } = who;
  who = { visitor: uuid(Date.now()), ...rest };
  ctx = '';
  save();
  if (named) track('identify', named);
};

const refuse = (): void => {
  empty();
  who = { consent: who.consent };
  try {
    // The no is all that is remembered: without it the next page would ask and send again.
    localStorage[stored] = toJson(who);
    purge();
  } catch {}
};

export const meet = (): void => {
  try {
    Object.assign(who, parse(localStorage[stored]));
  } catch {}
  answer(who.consent); // GPC may be new
  save();
};

/** True when the answer changed something. */
export const answer = (said: Consent): unknown => {
  const next = merge(who.consent, said, (navigator as any).globalPrivacyControl || undefined);
  if (toJson(next) == toJson(who.consent)) return;
  who.consent = next;
  ctx = '';
  if (next.analytics) agree();
  else if (next.analytics === false) refuse();
  return 1;
};

/** The name is sent once it may be. */
export const identify = (id: unknown, traits?: Props): void => {
  who.user = '' + id;
  who.named = traits || {};
  if (who.visitor) agree();
};

export const reset = (): void => {
  who = { consent: who.consent };
  if (who.consent.analytics) agree();
};

/** Another tab changed what is stored: gone means withdrawn. */
export const followStorage = ({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): void => {
  if (key == stored && !/visitor/.test(newValue!)) answer({ analytics: false });
};
