import { type Extra, type LanguageFile } from './lexicon.js';
import { type Intent, type ModelFile } from './model.js';
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
export declare function createClassifier(model: ModelFile, common: LanguageFile, en: LanguageFile, langs?: LanguageFile[], extra?: Extra): Classifier;
