// A language's file in; its words, phrases and stems, ready to be looked up, out. warehouse/intent/lexicon.py, on the device.
import { makeFold, type Fold } from './text';

/** dist/lang/<lang>.json, written by warehouse/intent/export.py. */
export interface LanguageFile {
  lang: string;
  script: string;
  spaceless: boolean;
  english: number;
  fold: string[];
  function: string;
  clues: Record<string, string>;
}

/** [clue, strength] pairs. */
export type Clues = ReadonlyArray<readonly [string, number]>;
type Table = Map<string, Clues>;

export interface Entries {
  fold: Fold;
  words: Table;
  stems: Table;
  endings: Table;
  small: Set<string>;
}

export interface Lexicon extends Entries {
  lang: string;
  spaceless: boolean;
  longest: Map<string, number>;
  stemPhrases: Set<string>;
  typos?: Map<string, string>;
}

export type Extra = Record<string, string[]>;

export const TYPO_CHARS_MIN = 5;
const NAMES = new Set(['brand', 'city', 'model']); // a name is not a slip of another name: delfi is not delhi
const STEM_SHARED_CHARS_MIN = 5;

export function readEntries(file: LanguageFile, fold: Fold): Entries {
  const found: Entries = { fold, words: new Map(), stems: new Map(), endings: new Map(), small: new Set() };
  for (const clue in file.clues) for (const entry of file.clues[clue].split(',')) addEntry(found, clue, entry);
  for (const word of file.function.split(' ')) {
    const key = fold(` ${word} `).trim();
    if (key) found.small.add(key);
  }
  return found;
}

export function addEntry(to: Entries, clue: string, entry: string): void {
  const [word, weight] = entry.split(':');
  const key = to.fold(` ${word.replace(/^\*+|\*+$/g, '')} `).trim();
  if (!key) return;
  const table = word.endsWith('*') ? to.stems : word.startsWith('*') ? to.endings : to.words;
  table.set(key, join(table.get(key) ?? [], [[clue, weight ? +weight : 1]]));
}

export const join = (some: Clues, over: Clues): Clues => Array.from(new Map([...some, ...over]));

/** The language's own entries over those of English and the common file. */
export function makeLexicon(file: LanguageFile, base: { common: LanguageFile; en: LanguageFile }): Lexicon {
  const fold = makeFold(file.fold);
  const own = readEntries(file, fold);
  const lex: Lexicon = {
    ...own, words: new Map(), stems: new Map(),
    lang: file.lang, spaceless: file.spaceless, longest: new Map(), stemPhrases: new Set(),
  };
  for (const behind of [base.common, base.en]) {
    if (behind.lang === file.lang) continue;
    const share = behind === base.en ? file.english : 1;
    const entries = readEntries(behind, fold);
    for (const [key, clues] of entries.words) lex.words.set(key, weakened(clues, share));
    for (const [key, clues] of entries.stems) {
      if (key.length >= STEM_SHARED_CHARS_MIN) lex.stems.set(key, weakened(clues, share));
    }
  }
  for (const small of own.small) lex.words.delete(small);
  const common = readEntries(base.common, fold).words;
  for (const [key, clues] of own.words) {
    const shared = common.get(key);
    lex.words.set(key, shared ? join(shared, clues) : clues);
  }
  for (const [key, clues] of own.stems) lex.stems.set(key, clues);
  index(lex);
  return lex;
}

const weakened = (clues: Clues, share: number): Clues => (share === 1 ? clues : clues.map(([clue, weight]) => [clue, weight * share]));

export function index(lex: Lexicon): void {
  const longer = (key: string, n: number) => lex.longest.set(key, Math.max(lex.longest.get(key) ?? 1, n));
  for (const table of [lex.words, lex.stems]) {
    for (const key of table.keys()) {
      const words = key.split(' ');
      if (words.length > 1) {
        longer(words[0], words.length);
        if (lex.stems.has(key)) lex.stemPhrases.add(words[0]);
      } else if (lex.spaceless && key.length > 1 && /[^\x00-\x7f]/.test(key)) longer(key[0], key.length);
    }
  }
}

/** The clues of the one entry a slip away: a letter more, less, other, or two swapped. */
export function typo(lex: Lexicon, word: string): Clues | undefined {
  const table = (lex.typos ??= typoTable(lex.words));
  for (let i = word.length; i > 0; i--) {
    const near = table.get(word.slice(0, i - 1) + word.slice(i)) ?? table.get(word);
    if (near && close(near, word)) return lex.words.get(near);
  }
  return undefined;
}

function close(entry: string, word: string): boolean {
  if (entry[0] !== word[0] || (word.length === TYPO_CHARS_MIN && entry[entry.length - 1] !== word[word.length - 1])) return false;
  if (entry.length !== word.length) return true; // the table leads only to entries a letter longer or shorter
  const apart = [...word].map((_, i) => i).filter(i => entry[i] !== word[i]);
  const swapped = apart.length === 2 && apart[1] === apart[0] + 1 && entry[apart[0]] === word[apart[1]];
  return apart.length <= 1 || swapped;
}

function typoTable(words: Table): Map<string, string> {
  const table = new Map<string, string>();
  const keep = (near: string, word: string) => table.has(near) || table.set(near, word);
  for (const [word, clues] of words) {
    if (word.length < TYPO_CHARS_MIN || word.includes(' ') || clues.every(([clue]) => NAMES.has(clue))) continue;
    for (let i = 0; i < word.length; i++) keep(word.slice(0, i) + word.slice(i + 1), word);
    keep(word, word);
  }
  return table;
}
