import { type Lexicon } from './lexicon.js';
export interface Found {
    clues: Map<string, number>;
    /** [words, clue] in reading order. */
    evidence: Array<[string, string]>;
    shape: Set<string>;
    words: number;
    unknown: number;
}
/** Longest entry first, left to right; what no list knows is tried as a stem, an ending, a typo. */
export declare function match(lex: Lexicon, plainText: string, norm: string): Found;
