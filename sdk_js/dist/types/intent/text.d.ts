export declare const EMAIL_KEY = "\uE000";
export declare const NUMBER_KEY = "\uE001";
/** Lower case, one form of each character, ASCII digits, personal data masked, at most 300 characters. */
export declare function normalise(raw: string): string;
/** Without accents and punctuation, words and numbers set apart, a space at either end. */
export declare function plain(norm: string): string;
export type Fold = (plainText: string) => string;
/** Spelling variants as replacements: `aa>a`, `an$>a` at a word's end, `double>` for doubled letters. */
export declare function makeFold(rules: string[]): Fold;
