// What campaigns and decisions say, as they were published and stored; the same in the reader's words.
import type { Row } from './api';
import { has, label, locale, money, moment, number, share, t } from './words';

/** Texts by part (title, body, button), per language. */
export interface Variant {
  k: string;
  w: number;
  url?: string;
  text: Record<string, Record<string, string>>;
}
/** A campaign as devices get it (whole numbers: ms, minutes, thousandths, basis points, metres), and its goal. */
export interface Said {
  place: string;
  kind: string;
  basis: 'personal' | 'contextual';
  need?: string[];
  when?: Row;
  pri: number;
  w: number;
  hold: number;
  cap: number;
  from?: number;
  until?: number;
  sensitive?: boolean;
  vars: Variant[];
  goal: string;
  within_ms: number;
  trigger: string | null;
}

const DAY_MS = 86_400_000;
const spaced = (text: string): string => text.replaceAll('_', ' ');
const either = (values: string[]): string => values.join(` ${t('said.or')} `);
const clock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const kilometres = (metres: number): string => new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilometer' }).format(metres / 1000);

/** An event's name, where there is a word for it. */
export const eventWords = (name: string): string => (has(`event.${name}`) ? t(`event.${name}`) : spaced(name));

/** What one condition asks for. */
function wanted(name: string, value: any): string {
  if (name === 'hour') return `${clock(value[0])} – ${clock(value[1])}`;
  if (name === 'confidence') return t('said.least', { text: share(value / 1000, 0) });
  if (name === 'cart_min') return t('said.least', { text: money(value[0] / 10_000, value[1]) });
  if (name === 'stock') return t('said.least', { text: number(value) });
  if (name === 'distance') return t('said.most', { text: kilometres(value) });
  return either((value as string[]).map((one) => (name === 'category' || name === 'words' ? one : spaced(label(name, one)))));
}

/** Conditions with what they ask for, in the order in which they are asked. */
export const conditions = (said: Said): [name: string, text: string][] => Object.entries(said.when ?? {}).map(([name, value]) => [t(`condition.${name}`), wanted(name, value)]);

/** The campaign in plain words: a heading and what stands under it. */
export function inPlainWords(said: Said, about: string): [heading: string, lines: string[]][] {
  const kind = t(`kind.${said.kind}`);
  const times = [said.from && t('said.from', { when: moment(said.from) }), said.until && t('said.until', { when: moment(said.until) })].filter((one) => !!one) as string[];
  const met = conditions(said).map(([name, text]) => `${name}: ${text}`);
  const purposes = (said.need ?? []).map((one) => t(`purpose.${one}`)).join(', ');
  return [
    ['say.where', [said.trigger ? t('said.leaving', { kind, text: said.trigger }) : about ? `${said.place}: ${about}` : said.place]],
    ['say.what', [kind]],
    ['say.when', [...(times.length ? times : [t('said.always')]), ...(said.until && said.until < Date.now() ? [t('said.over')] : [])]],
    ['say.whom', met.length ? met : [t('said.everybody')]],
    ['say.consent', [purposes ? t('said.personal', { text: purposes }) : t('said.contextual'), ...(said.sensitive ? [t('said.sensitive')] : [])]],
    ['say.often', [t('said.often', { n: said.cap }), t('said.rest')]],
    ['say.held', [said.hold ? t('said.held', { share: share(said.hold / 10_000) }) : t('said.none_held')]],
    ['say.goal', [t('said.goal', { text: eventWords(said.goal), n: Math.round(said.within_ms / DAY_MS) })]],
    ['say.rank', [t('said.rank', { priority: said.pri, weight: said.w })]],
  ];
}

/** Why something was not shown: the code of docs/act.md in words. */
export function reason(code: string): string {
  const key = `reason.${code.replace(':', '.')}`;
  if (has(key)) return t(key);
  const [kind, name = ''] = code.split(':');
  const text = kind === 'consent' ? t(`purpose.${name}`) : t(`condition.${name}`);
  return name && has(`reason.${kind}`) ? t(`reason.${kind}`, { text }) : spaced(code);
}

/** Why something was shown: a code as decisions keep it (intent:go, distance). */
export function because(code: string): string {
  const [name, found = ''] = code.split(':');
  const key = `because.${name}`;
  return has(key) ? t(key, { text: name === 'category' ? found : label(name!, found) }) : spaced(code);
}
