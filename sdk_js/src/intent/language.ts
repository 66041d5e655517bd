// Plain text in, its language out: by script, then by small words, list words and telling letters.
import { readEntries, type LanguageFile } from './lexicon';
import { makeFold, plain, type Fold } from './text';

export const UNKNOWN = 'und';
const LOAN = 0.25;
const HINT_WEIGHT = 0.7;
const SCRIPTS: ReadonlyArray<readonly [string, RegExp]> = [
  ['devanagari', /[\u0900-\u097f]/g],
  ['bengali', /[\u0980-\u09ff]/g],
  ['japanese', /[\u3040-\u30ff\u4e00-\u9fff]/g],
];
const LETTERS: Record<string, Record<string, number>> = {
  õ: { et: 0.8, pt: 0.5 }, ä: { et: 0.5, de: 0.5 }, ö: { de: 0.5, et: 0.4 }, ü: { de: 0.5, et: 0.5 }, ß: { de: 1.5 },
  š: { et: 0.8 }, ž: { et: 0.8 }, ñ: { es: 1.2 }, '¿': { es: 1.5 }, '¡': { es: 1.5 }, ã: { pt: 1.2 },
  ç: { pt: 0.6, fr: 0.6 }, è: { fr: 0.9 }, ù: { fr: 0.9 }, œ: { fr: 1.2 }, î: { fr: 0.8 }, ê: { fr: 0.6, pt: 0.6 },
  â: { fr: 0.5, pt: 0.5 }, ô: { fr: 0.5, pt: 0.5 }, à: { fr: 0.6, pt: 0.5 }, á: { es: 0.5, pt: 0.5 },
  í: { es: 0.5, pt: 0.4 }, ó: { es: 0.6, pt: 0.3 }, ú: { es: 0.5, pt: 0.4 }, é: { fr: 0.4, es: 0.4, pt: 0.3 },
};

const DOMAIN = /(^|[\s/@])(?:[a-z0-9-]+\.)+[a-z]{2,24}(?=[\s/]|$)/g;

type Votes = Map<string, number>;

export interface Detector {
  langs: Map<string, string[]>;
  words: Map<string, Votes>;
  stems: Map<string, Votes>;
  endings: Map<string, Votes>;
  folds: Map<string, Fold>;
}

/** What the loaded languages say of each word; files must come in alphabetical order, as Python has them. */
export function makeDetector(files: LanguageFile[], common: LanguageFile, en: LanguageFile): Detector {
  const d: Detector = { langs: new Map(), words: new Map(), stems: new Map(), endings: new Map(), folds: new Map() };
  for (const file of files) d.langs.set(file.script, [...(d.langs.get(file.script) ?? []), file.lang]);
  const bare = makeFold([]);
  const shared = readEntries(common, bare).words;
  const english = new Set([...readEntries(en, bare).words.keys()].flatMap(key => key.split(' ')));
  for (const file of files.filter(f => f.script === 'latin')) {
    const fold = makeFold(file.fold);
    if (file.fold.some(rule => rule !== 'double>')) d.folds.set(file.lang, fold);
    for (const spelling of [bare, fold]) {
      const own = readEntries(file, spelling);
      for (const key of own.words.keys()) {
        if (shared.has(key)) continue;
        for (const word of key.split(' ')) vote(d.words, word, file.lang, file.lang !== 'en' && english.has(word) ? LOAN : 0.5);
      }
      for (const key of own.stems.keys()) vote(d.stems, key, file.lang, 0.5);
      for (const key of own.endings.keys()) vote(d.endings, key, file.lang, 0.5);
      for (const word of own.small) vote(d.words, word, file.lang, 1);
    }
  }
  for (const table of [d.words, d.stems, d.endings]) {
    for (const votes of table.values()) {
      const share = votes.size ** 0.7;
      for (const [lang, weight] of votes) votes.set(lang, weight / share);
    }
  }
  return d;
}

function vote(table: Map<string, Votes>, word: string, lang: string, weight: number): void {
  let votes = table.get(word);
  if (!votes) table.set(word, (votes = new Map()));
  votes.set(lang, Math.max(votes.get(lang) ?? 0, weight));
}

/** The language's code, `und` when nothing tells; the page's own language decides close calls. */
export function detect(d: Detector, norm: string, plainText: string, hint?: string): string {
  const [script, count] = SCRIPTS.map(([name, letters]) => [name, norm.match(letters)?.length ?? 0] as const).reduce((a, b) => (b[1] > a[1] ? b : a));
  if (count) {
    const known = d.langs.get(script) ?? [UNKNOWN];
    return hint && known.includes(hint) ? hint : known[0];
  }
  return latin(d, norm, plainText, hint);
}

function latin(d: Detector, norm: string, plainText: string, hint?: string): string {
  // A domain is spelled alike everywhere: `com` in it is no Portuguese.
  const bare = norm.replace(DOMAIN, '$1 ');
  if (bare != norm) plainText = plain(bare);
  if (!/\p{L}{2}/u.test(plainText)) return UNKNOWN; // numbers, signs and domains are of no language, whatever the page is in
  const score: Votes = new Map();
  const add = (lang: string, weight: number) => score.set(lang, (score.get(lang) ?? 0) + weight);
  const words = plainText.trim().split(' ').filter(Boolean);
  for (const word of words) {
    const votes = d.words.get(word) ?? (word.length > 3 ? stemVotes(d, word) ?? endingVotes(d, word) : undefined);
    if (votes) for (const [lang, weight] of votes) add(lang, weight);
  }
  for (const [lang, fold] of d.folds) {
    const spelled = fold(plainText).trim().split(' ').filter(Boolean);
    for (let i = 0; i < Math.min(words.length, spelled.length); i++) {
      if (words[i] === spelled[i] || d.words.has(words[i])) continue;
      const weight = (d.words.get(spelled[i]) ?? stemVotes(d, spelled[i]))?.get(lang);
      if (weight) add(lang, weight);
    }
  }
  for (const letter of norm) if (LETTERS[letter]) for (const lang in LETTERS[letter]) add(lang, LETTERS[letter][lang]);
  if (hint && d.langs.get('latin')?.includes(hint)) add(hint, HINT_WEIGHT);
  let best = UNKNOWN;
  for (const [lang, weight] of score) {
    const lead = weight - (score.get(best) ?? -1);
    if (lead > 0 || (lead === 0 && lang === 'en')) best = lang;
  }
  return best;
}

function stemVotes(d: Detector, word: string): Votes | undefined {
  for (let end = word.length; end > 3; end--) {
    const votes = d.stems.get(word.slice(0, end));
    if (votes) return votes;
  }
  return undefined;
}

function endingVotes(d: Detector, word: string): Votes | undefined {
  for (let start = 1; start < word.length - 3; start++) {
    const votes = d.endings.get(word.slice(start));
    if (votes) return votes;
  }
  return undefined;
}
