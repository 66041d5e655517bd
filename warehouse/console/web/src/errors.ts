// What the server says went wrong, in the reader's language. The English text is the key: `{}` stands for what varies.
import { language, type Language } from './words';

const LOAD: Record<Exclude<Language, 'en'>, () => Promise<{ default: Record<string, string> }>> = {
  hi: () => import('./messages/errors/hi.json'),
  bn: () => import('./messages/errors/bn.json'),
  et: () => import('./messages/errors/et.json'),
};

/** An error that nobody has translated (DuckDB's own) stays as it is. */
export async function inWords(said: string): Promise<string> {
  if (language === 'en') return said;
  const known = (await LOAD[language]()).default;
  for (const [english, own] of Object.entries(known)) {
    const pattern = english.split('{}').map((part) => part.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&')).join('([^]*?)');
    const found = new RegExp(`^${pattern}$`).exec(said);
    if (found) return own.replace(/\{(\d)\}/g, (_, n: string) => found[Number(n)] ?? '');
  }
  return said;
}
