// A search query in; know, go, do, buy or none, how sure, in which language and why, out. The same answers as
// warehouse/intent/classify.py, held together by tests/contract/intent_golden.json. Nothing leaves the device.
import { detect, makeDetector, UNKNOWN, type Detector } from './language';
import { addEntry, index, makeLexicon, type Extra, type LanguageFile, type Lexicon } from './lexicon';
import { match } from './match';
import { features, INTENTS, makeModel, probabilities, type Intent, type ModelFile } from './model';
import { normalise, plain } from './text';

export type { Extra, Intent, LanguageFile, ModelFile };

export interface Verdict {
  intent: Intent;
  confidence: number;
  know: number;
  go: number;
  do: number;
  buy: number;
  lang: string;
  norm: string;
  evidence: Array<[string, string]>;
}

export type Classifier = (text: string, lang?: string) => Verdict;

/** `langs` are the language files wanted beside English; the page's language is usually enough. */
export function createClassifier(
  model: ModelFile, common: LanguageFile, en: LanguageFile, langs: LanguageFile[] = [], extra: Extra = {},
): Classifier {
  const weights = makeModel(model);
  const files = [en, ...langs].sort((a, b) => (a.lang < b.lang ? -1 : 1));
  const lexicons = new Map<string, Lexicon>();
  let detector: Detector | undefined;

  function lexicon(lang: string): Lexicon {
    let lex = lexicons.get(lang);
    if (!lex) {
      lex = makeLexicon(files.find(file => file.lang === lang) ?? en, { common, en });
      for (const intent of Object.keys(extra).sort()) {
        for (const entry of extra[intent]) addEntry(lex, `site_${intent}`, siteEntry(entry));
      }
      index(lex);
      lexicons.set(lang, lex);
    }
    return lex;
  }

  return (text, lang) => {
    const norm = normalise(text);
    const flat = plain(norm);
    detector ??= makeDetector(files, common, en);
    const found = detect(detector, norm, flat, lang && hint(lang));
    const seen = match(lexicon(found === UNKNOWN ? 'en' : found), flat, norm);
    const p = probabilities(weights, features(seen));
    const best = p.indexOf(Math.max(...p));
    return {
      intent: INTENTS[best], confidence: p[best], know: p[0], go: p[1], do: p[2], buy: p[3],
      lang: found, norm, evidence: seen.evidence,
    };
  };
}

/** A BCP 47 tag as one of our languages: pt-BR is pt; Latin letters on a Hindi page are romanised. */
function hint(lang: string): string {
  const base = lang.split(/[-_]/)[0].toLowerCase();
  return base === 'hi' ? 'hi-Latn' : base;
}

/** A site's entry, spelled as a query's words will be. */
function siteEntry(entry: string): string {
  const [word, weight] = entry.split(':');
  const key = plain(normalise(word.replace(/\*/g, '').replace(/#/g, '7'))).trim().replace(/(^| )[0-9]+(?= |$)/g, '$1#');
  return `${word.startsWith('*') ? '*' : ''}${key}${word.endsWith('*') ? '*' : ''}${weight ? `:${weight}` : ''}`;
}
