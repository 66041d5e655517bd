// A variant, the page's language and what may be put in come in; the words to show go out, or nothing when some are missing.
import type { Variant } from './types';

export interface Words {
  title: string;
  body?: string;
  button?: string;
}

export function words({ text = {} }: Variant, lang: string, fill: Record<string, unknown> = {}): Words | undefined {
  const found = text[lang] || text[lang.split('-')[0]];
  let missing = !found;
  const filled: any = {};
  for (const part in found)
    filled[part] = found[part].replace(/\{(.*?)\}/g, (_, name) => {
      missing ||= fill[name] == null;
      return '' + fill[name];
    });
  return missing ? undefined : filled;
}
