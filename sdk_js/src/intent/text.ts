// Raw query in; its normalised text and the plain form that words are looked up in, out. warehouse/intent/text.py, on the device.
import { mask } from './mask';

const NORM_CHARS_MAX = 300;
const READ_CHARS_MAX = 2_000;
export const EMAIL_KEY = '\ue000';
export const NUMBER_KEY = '\ue001';

const ASCII = /^[\x00-\x7f]*$/;
const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\ue000\ue001\u{e0000}-\u{e0fff}]/gu;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;
const SEPARATOR =
  /[\s!-#&-/:-@[-`{-\u0080\u00a0-\u00a2\u00a4\u00a6-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u02c2-\u02df\u055a-\u055f\u0589\u05be\u0600-\u060f\u061b-\u061f\u066a-\u066d\u06d4\u0964\u0965\u2000-\u206f\u2100-\u214f\u2190-\u2bff\u3000-\u3004\u3007-\u3020\u3030-\u303f\u30fb\ufd3e\ufd3f\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufffc-\ufffd\u{1f000}-\u{1faff}]+/gu;

/** The first n characters, none of them cut in half. */
const first = (text: string, n: number): string => (text.length > n ? Array.from(text.slice(0, 2 * n)).slice(0, n).join('') : text);

const words = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** Lower case, one form of each character, ASCII digits, personal data masked, at most 300 characters. */
export function normalise(raw: string): string {
  let text = first(raw, READ_CHARS_MAX);
  if (ASCII.test(text)) text = text.toLowerCase();
  else {
    text = text.replace(INVISIBLE, '').normalize('NFKC').toLowerCase();
    text = text.replace(INVISIBLE, '').normalize('NFKC');
  }
  return words(first(mask(words(text.replace(CONTROL, ' '))), NORM_CHARS_MAX));
}

/** Without accents and punctuation, words and numbers set apart, a space at either end. */
export function plain(norm: string): string {
  let text = norm;
  if (text.includes('[')) {
    text = text.replace(/\[email\]/g, ` ${EMAIL_KEY} `).replace(/\[(phone|card|digits)\]/g, ` ${NUMBER_KEY} `);
  }
  if (!ASCII.test(text)) text = text.normalize('NFD').replace(/[\u0300-\u036f]+/g, '').normalize('NFC');
  if (/[0-9]/.test(text)) {
    text = text
      .replace(/([0-9])[.,](?=[0-9])/g, '$1')
      .replace(/([a-z]{3})([0-9])/g, '$1 $2')
      .replace(/([0-9])([a-z]{2}|[^\x00-\x7f\s])/gu, '$1 $2')
      .replace(/([^\x00-\x7f\s])([0-9])/gu, '$1 $2');
  }
  text = text.replace(/([$%\u00a3\u00a5\u20a0-\u20cf\u09f2\u09f3])/g, ' $1 ');
  return ` ${text.replace(SEPARATOR, ' ').trim()} `;
}

export type Fold = (plainText: string) => string;

/** Spelling variants as replacements: `aa>a`, `an$>a` at a word's end, `double>` for doubled letters. */
export function makeFold(rules: string[]): Fold {
  const pairs = rules
    .filter(rule => rule !== 'double>')
    .map(rule => {
      const cut = rule.indexOf('>');
      const [from, to] = [rule.slice(0, cut), rule.slice(cut + 1)];
      return from.endsWith('$') ? [from.replace(/\$/g, ' '), `${to} `] : [from, to];
    });
  const double = rules.includes('double>');
  return text => {
    for (const [from, to] of pairs) if (text.includes(from)) text = text.split(from).join(to);
    return double ? text.replace(/([a-z])\1+/g, '$1') : text;
  };
}
