// The named questions in the reader's language, come with the first page that asks one; the server tells them in English.
import { useEffect, useState } from 'preact/hooks';
import { language, type Language } from './words';

const LOAD: Record<Exclude<Language, 'en'>, () => Promise<{ default: Record<string, string> }>> = {
  hi: () => import('./messages/asks/hi.json'),
  bn: () => import('./messages/asks/bn.json'),
  et: () => import('./messages/asks/et.json'),
};

/** A function from a question to its words. */
export function useAsks(): (question: { name: string; ask: string }) => string {
  const [asks, set] = useState<Record<string, string>>({});
  useEffect(() => {
    if (language !== 'en') void LOAD[language]().then((found) => set(found.default));
  }, []);
  return ({ name, ask }) => asks[name] ?? ask;
}
