// A language of the page comes in, the one of ours that is nearest goes out, with the two words that stand beside what is shown.

/** Per language: what asks why, what closes; put here by the build from collector/act/why. */
declare const HETK_SAID: Record<string, [string, string]>;

export const spoken = (lang = ''): string => [lang, lang.split('-')[0]].find(one => HETK_SAID[one]) || 'en';
export const said = (lang?: string): [string, string] => HETK_SAID[spoken(lang)];
