// Headings of answers in the reader's language, come with the first table; the raw name stands as the tooltip.
import { useEffect, useState } from 'preact/hooks';
import { reason } from './act';
import { has, label, language, type Language } from './words';

const LOAD: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  en: () => import('./messages/columns/en.json'),
  hi: () => import('./messages/columns/hi.json'),
  bn: () => import('./messages/columns/bn.json'),
  et: () => import('./messages/columns/et.json'),
};

/** A function from the name of a column to its heading; a name of somebody's own query stays, with spaces. */
export function useHeadings(): (name: string) => string {
  const [words, set] = useState<Record<string, string>>({});
  useEffect(() => void LOAD[language]().then((found) => set(found.default)), []);
  return (name) => words[name] ?? name.replaceAll('_', ' ');
}

/** Columns whose values have words: countries, languages, intents, events ... */
const WORDED = new Set(['intent', 'channel', 'lang', 'topic_lang', 'country', 'device_type', 'event', 'state', 'purpose', 'social_network', 'last_event', 'first_event', 'after', 'kind']);
const ALIAS: Record<string, string> = { topic_lang: 'lang', last_event: 'event', first_event: 'event', after: 'intent' };

/** A text of a column as people say it. */
export function said(column: string, value: string): string {
  if (column === 'reason' && value) return reason(value);
  if (column === 'served') return label(has(`device_type.${value}`) ? 'device_type' : 'lang', value);
  return label(WORDED.has(column) ? (ALIAS[column] ?? column) : null, value);
}
