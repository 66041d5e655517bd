import { type Fold } from './text.js';
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
export declare const TYPO_CHARS_MIN = 5;
export declare function readEntries(file: LanguageFile, fold: Fold): Entries;
export declare function addEntry(to: Entries, clue: string, entry: string): void;
export declare const join: (some: Clues, over: Clues) => Clues;
/** The language's own entries over those of English and the common file. */
export declare function makeLexicon(file: LanguageFile, base: {
    common: LanguageFile;
    en: LanguageFile;
}): Lexicon;
export declare function index(lex: Lexicon): void;
/** The clues of the one entry a slip away: a letter more, less, other, or two swapped. */
export declare function typo(lex: Lexicon, word: string): Clues | undefined;
export {};
