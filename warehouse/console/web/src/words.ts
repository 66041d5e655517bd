// Messages by key in the reader's language, with plurals, numbers, amounts and dates as that language writes them.
import en from './messages/en.json';

export type Key = keyof typeof en;
type Words = Record<string, string | number>;

export const LANGUAGES = { en: 'English', hi: 'हिन्दी', bn: 'বাংলা', et: 'Eesti' } as const;
export type Language = keyof typeof LANGUAGES;
const LOCALES: Record<Language, string> = { en: 'en', hi: 'hi-IN', bn: 'bn-IN', et: 'et-EE' };
const LOAD: Record<Exclude<Language, 'en'>, () => Promise<{ default: Record<string, string> }>> = {
  hi: () => import('./messages/hi.json'),
  bn: () => import('./messages/bn.json'),
  et: () => import('./messages/et.json'),
};

let messages: Record<string, string> = en;
let plural = new Intl.PluralRules('en');
export let locale = 'en';
export let language: Language = 'en';

/** The one chosen before, else the first of the browser's that there is. */
export function wanted(): Language {
  const chosen = [localStorage.getItem('hetk-language'), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return (chosen.find((tag) => tag && tag in LANGUAGES) ?? 'en') as Language;
}

export async function speak(chosen: Language): Promise<void> {
  language = chosen;
  messages = language === 'en' ? en : (await LOAD[language]()).default;
  const exact = navigator.languages.find((tag) => tag.startsWith(`${language}-`));
  locale = (language === 'en' && exact) || LOCALES[language];
  plural = new Intl.PluralRules(locale);
  document.documentElement.lang = language;
}

/** `{name}` in a message is replaced; a message with `_one` and `_other` goes by `n`. */
export function t(key: Key | string, words: Words = {}): string {
  const n = words.n;
  const text = messages[typeof n === 'number' ? `${key}_${plural.select(n)}` : key] ?? messages[`${key}_other`] ?? messages[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = words[name];
    return typeof value === 'number' ? number(value) : String(value ?? '');
  });
}

export const has = (key: string): boolean => key in messages;
export const number = (value: number): string => new Intl.NumberFormat(locale).format(value);
export const compact = (value: number): string => new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
export const share = (value: number, digits = 1): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(value);
export const signed = (value: number, options: Intl.NumberFormatOptions = {}): string =>
  new Intl.NumberFormat(locale, { signDisplay: 'exceptZero', maximumFractionDigits: 1, ...options }).format(value).replace('-', '\u2212');

export function money(value: number, currency: string | null): string {
  const style = currency && /^[A-Z]{3}$/.test(currency) ? { style: 'currency' as const, currency } : {};
  const large = Math.abs(value) >= 100_000;
  return new Intl.NumberFormat(locale, { ...style, ...(large ? { notation: 'compact' } : {}), maximumFractionDigits: large ? 1 : 0 }).format(value);
}

export const day = (value: Date, options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' }): string =>
  new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }).format(value);

/** A time in milliseconds, in UTC as everywhere. */
export const moment = (ms: number): string => day(new Date(ms), { dateStyle: 'medium', timeStyle: 'short' });

/** A time as the server writes it, without a zone: UTC. */
export const utc = (text: string): Date => new Date(text.length > 10 ? `${text}Z` : `${text}T00:00:00Z`);

const kinds = { language: 'language', region: 'region' } as const;
function named(kind: keyof typeof kinds, code: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: kinds[kind] }).of(code) ?? code;
  } catch {
    return code;
  }
}

const BRANDS: Record<string, string> = { facebook: 'Facebook', instagram: 'Instagram', tiktok: 'TikTok', x: 'X', youtube: 'YouTube', linkedin: 'LinkedIn', whatsapp: 'WhatsApp' };

/** `event:add_to_cart` for people, where there is a word for it. */
export function signal(name: string): string {
  const [kind, what = ''] = name.split(':');
  const key = `signal.${kind}`;
  const known = [`${kind}.${what}`, `channel.${what}`].find(has);
  return has(key) ? t(key, { what: known ? t(known) : what.replaceAll('_', ' ') }) : name;
}

/** An intent, or how the last moment ended. */
export const passage = (word: string): string => t(word === 'answered' ? 'answered' : word === 'unanswered' ? 'state.expired' : `intent.${word}`);

/** A value of a filter, for people. */
export function label(filter: string | null, value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  if (text === '') return t('unknown');
  if (filter === 'lang') return named('language', text);
  if (filter === 'country') return named('region', text);
  if (filter === 'journey') return text.split(' > ').map(passage).join(' → ');
  if (filter === 'follows') return text.split('-').slice(1).map(passage).join(' → ');
  if (filter === 'social_network') return BRANDS[text] ?? text[0]!.toUpperCase() + text.slice(1);
  const key = `${filter}.${text}`;
  return has(key) ? t(key) : text;
}
