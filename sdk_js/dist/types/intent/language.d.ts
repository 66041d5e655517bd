import { type LanguageFile } from './lexicon.js';
import { type Fold } from './text.js';
export declare const UNKNOWN = "und";
type Votes = Map<string, number>;
export interface Detector {
    langs: Map<string, string[]>;
    words: Map<string, Votes>;
    stems: Map<string, Votes>;
    endings: Map<string, Votes>;
    folds: Map<string, Fold>;
}
/** What the loaded languages say of each word; files must come in alphabetical order, as Python has them. */
export declare function makeDetector(files: LanguageFile[], common: LanguageFile, en: LanguageFile): Detector;
/** The language's code, `und` when nothing tells; the page's own language decides close calls. */
export declare function detect(d: Detector, norm: string, plainText: string, hint?: string): string;
export {};
