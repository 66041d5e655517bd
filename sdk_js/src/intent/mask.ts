// Text in; the same text without e-mail addresses, card, phone and other long numbers and URL paths, out.
const URL_PATH = /\b[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/@]*@)?([^\s/?#<>]*)[^\s]*/gi;
const SITE_PATH = /\b((?:[a-z0-9-]+\.)+[a-z]{2,12})[/?#:][^\s]*/gi;
const EMAIL =
  /[^\s<>@,;:"]{1,64}@[^\s<>,;:"']+|[^\s<>@,;:"]{1,64}(?:\s@\s|\s?[[(]at[\])]\s?)[^\s@.]{1,63}(?:\.[^\s@.]{1,63})+/gi;
const DIGITS = /\+?\(?\d(?:[ \t.\-/()\u2010-\u2015]{0,3}\d){6,}/g;
const DATE =
  /^(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)\d\d)$/;

export function mask(raw: string): string {
  const text = asciiDigits(raw).replace(URL_PATH, '$1').replace(SITE_PATH, '$1').replace(EMAIL, '[email]');
  return text.replace(DIGITS, maskDigits);
}

/** Digits of every script as 0-9: they stand in runs of ten, so a digit's value is how many precede it in its run. */
function asciiDigits(text: string): string {
  return text.replace(/(?![0-9])\p{Nd}/gu, c => {
    const code = c.codePointAt(0) as number;
    let before = 0;
    while (/^\p{Nd}$/u.test(String.fromCodePoint(code - before - 1))) before++;
    return String(before % 10);
  });
}

function maskDigits(raw: string): string {
  const digits = raw.replace(/\D/g, '');
  if (DATE.test(raw)) return raw;
  const runs = raw.match(/\d+/g) ?? [];
  if (digits.length < 9 && runs.every(run => run.length < 7) && /^\d{1,4}(?: \d{1,4})+$/.test(raw)) return raw;
  if (digits.length >= 13 && digits.length <= 19 && luhn(digits)) return '[card]';
  const dialled = '+0'.includes(raw[0]) || !/^\d+$/.test(raw);
  return dialled && digits.length <= 15 ? '[phone]' : '[digits]';
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 1; i <= digits.length; i++) {
    const d = +digits[digits.length - i];
    sum += i % 2 ? d : d > 4 ? d * 2 - 9 : d * 2;
  }
  return sum % 10 === 0;
}
