// Words of a query and a lexicon in, the clues found with the words they stand on, out. warehouse/intent/match.py, on the device.
import { join, typo, TYPO_CHARS_MIN, type Clues, type Lexicon } from './lexicon';
import { EMAIL_KEY, NUMBER_KEY } from './text';

const TYPO_WEIGHT = 0.75;
const STEM_CHARS_MIN = 3;
const SUFFIX_CHARS_MAX = 8;
const LONG_NUMBER_DIGITS = 5;
const YEAR = /^(?:19|20)[0-9]{2}$/;
const CODE = /^(?:[a-z]{1,3}[0-9]{1,4}[a-z]{0,2}|[0-9]{1,4}[a-z])$/;
const SITE = /(?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S|\b[a-z0-9-]+\.(?:com|net|org|in|ee|de|fr|es|br|pt|jp|id|bd|uk|io|eu|info|co)\b/;
const HAN = /^[\u4e00-\u9fff]+$/;
const KATAKANA = /^[\u30a0-\u30ff]+$/;
const FOREIGN = /[\u3040-\u30ff\u4e00-\u9fff]/;

export interface Found {
  clues: Map<string, number>;
  /** [words, clue] in reading order. */
  evidence: Array<[string, string]>;
  shape: Set<string>;
  words: number;
  unknown: number;
}

function add(found: Found, words: string, clues: Clues, weight = 1): void {
  for (const [clue, strength] of clues) {
    found.evidence.push([words, clue]);
    if (strength * weight > (found.clues.get(clue) ?? 0)) found.clues.set(clue, strength * weight);
  }
}

/** Longest entry first, left to right; what no list knows is tried as a stem, an ending, a typo. */
export function match(lex: Lexicon, plainText: string, norm: string): Found {
  const found: Found = { clues: new Map(), evidence: [], shape: new Set(), words: 0, unknown: 0 };
  const split = (text: string) => text.split(' ').filter(Boolean);
  const tokens = split(lex.fold(plainText));
  let shown = split(plainText);
  if (shown.length !== tokens.length) shown = tokens;
  const keys = tokens.map(token => (/^[0-9]+$/.test(token) ? '#' : token));
  for (let i = 0; i < keys.length; ) {
    const taken = phrase(lex, keys, shown, i, found);
    if (!taken) {
      if (lex.spaceless && FOREIGN.test(keys[i])) scan(lex, keys[i], found);
      else word(lex, shown[i], keys[i], found);
    }
    i += taken || 1;
  }
  if (/[./]/.test(norm) && SITE.test(norm)) found.shape.add('url');
  return found;
}

function phrase(lex: Lexicon, keys: string[], shown: string[], start: number, found: Found): number {
  const longest = lex.longest.get(keys[start]) ?? 1;
  for (let size = Math.min(longest, keys.length - start); size > 1; size--) {
    const text = keys.slice(start, start + size).join(' ');
    let clues = lex.words.get(text);
    if (!clues && lex.stemPhrases.has(keys[start])) {
      // a stem has to reach the last word: `mobile*` does not swallow the word after it
      clues = longestStem(lex, text, Math.max(text.length - SUFFIX_CHARS_MAX, text.lastIndexOf(' ') + 2));
    }
    if (clues) {
      add(found, shown.slice(start, start + size).join(' '), clues);
      found.words += size;
      return size;
    }
  }
  return 0;
}

function word(lex: Lexicon, shown: string, key: string, found: Found): void {
  found.words++;
  if (key === '#') found.shape.add(shown.length >= LONG_NUMBER_DIGITS ? 'longnum' : YEAR.test(shown) ? 'year' : 'number');
  else if (key === EMAIL_KEY) found.shape.add('url');
  else if (key === NUMBER_KEY) found.shape.add('longnum');
  else {
    const clues = lex.words.get(key);
    if (clues) add(found, shown, clues);
    else if (!lex.small.has(key)) unlisted(lex, shown, key, found);
  }
}

function unlisted(lex: Lexicon, shown: string, key: string, found: Found): void {
  let clues = stem(lex, key);
  if (clues) return add(found, shown, clues);
  if (CODE.test(key)) {
    found.shape.add('code');
    return;
  }
  if (key.length >= TYPO_CHARS_MIN && (clues = typo(lex, key))) return add(found, shown, clues, TYPO_WEIGHT);
  if (/^[a-z]{4,}$/.test(key) && (key.match(/[aeiouy]/g)?.length ?? 0) * 5 < key.length) found.shape.add('gibberish');
  found.unknown++;
}

/** Of a compound both halves speak: kinga|pood is a shoe and a shop. */
function stem(lex: Lexicon, key: string): Clues | undefined {
  const head = longestStem(lex, key, STEM_CHARS_MIN);
  if (lex.endings.size) {
    for (let start = 1; start <= key.length - STEM_CHARS_MIN; start++) {
      const ending = lex.endings.get(key.slice(start));
      if (ending) return head ? join(head, ending) : ending;
    }
  }
  return head;
}

function longestStem(lex: Lexicon, key: string, charsMin: number): Clues | undefined {
  for (let end = key.length; end >= Math.max(charsMin, 0); end--) {
    const clues = lex.stems.get(key.slice(0, end));
    if (clues) return clues;
  }
  return undefined;
}

/** Words of a text without spaces: the longest entry at each place. */
function scan(lex: Lexicon, text: string, found: Found): void {
  let unknown = 0;
  for (let i = 0; i < text.length; ) {
    let size = Math.min(lex.longest.get(text[i]) ?? 1, text.length - i);
    for (; size > 0; size--) {
      const clues = lex.words.get(text.slice(i, i + size));
      if (clues && standsAlone(text, i, i + size)) {
        add(found, text.slice(i, i + size), clues);
        found.words++;
        break;
      }
    }
    if (!size && !lex.small.has(text[i])) unknown++;
    i += size || 1;
  }
  const words = Math.floor((unknown + 2) / 3);
  if (unknown) {
    found.words += words;
    found.unknown += words;
  }
}

/** One kanji, or two kana of a loanword, are a word only beside another script. */
function standsAlone(text: string, start: number, end: number): boolean {
  const script = end - start === 1 ? HAN : KATAKANA;
  if (end - start > 2 || !script.test(text.slice(start, end))) return true;
  return !script.test(text.slice(start - 1, start)) && !script.test(text.slice(end, end + 1));
}
