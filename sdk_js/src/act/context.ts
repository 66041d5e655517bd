// What the page, the person and the moment are like comes in, the context of one decision goes out.
import type { Core } from '../hetk';
import type { Moment } from '../moments/types';
import type { Act, Context } from './types';

const draw = '' + Math.random(); // of this document, for who has no session

export function context(place: string, age: number, { lang, sensitive }: Act, [, { consent, visitor, user, session }, , , { page_type }]: ReturnType<Core[8]>, moment: Moment | undefined, known: Record<string, any>, fewer: object): Context {
  // Without consent to personalization only what this very document has seen counts.
  const m = moment && (consent.personalization || moment.started_at >= performance.timeOrigin) ? moment : undefined;
  const category = m?.topic_category;
  const { cart } = known;
  return {
    place,
    age,
    now: Date.now(),
    draw: (visitor && session) || draw,
    unit: visitor && (user ? 'u:' + user : 'v:' + visitor),
    tz_off: -new Date().getTimezoneOffset(),
    consent: consent.analytics === false ? {} : (consent as any),
    // `fewer` also holds topics about which the person wants nothing personal (why.ts).
    sensitive: sensitive?.concat(Object.keys(fewer)).some(path => (category + '/').startsWith(path + '/')),
    moment: m && { ...m, conf: Math.round(m.confidence * 1000), category, words: m.topic_query?.split(/[^\p{L}\p{N}\p{M}]+/u) },
    page_type,
    ...known,
    lang: (document.documentElement.lang || lang || '').toLowerCase(),
    cart: cart && { ...cart, value: cart.value && Math.round(cart.value * 10_000) },
  };
}
