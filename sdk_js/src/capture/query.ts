// The query part of an address comes in, what was searched for goes out.

export const names = /^(q|s|query|search|keyword)$/;

/** Scripts write these where nothing was asked for. */
export const asked = (query: string): string | undefined =>
  /^\s*(undefined|null|NaN|\[object Object\])?\s*$/.test(query) ? undefined : query;

/** Percent-encoded text is UTF-8, or else in the page's own charset, as its forms send it. */
const decode = (text: string): string => {
  const bytes = Uint8Array.from(unescape(text.replace(/\+/g, ' ')), c => c.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(document.characterSet).decode(bytes);
  }
};

/** [query, whether it is a further page of its results]. */
export const searched = (address: string): [query?: string, further?: boolean] => {
  const parts = address.slice(1).split('&').map(part => [part.split('=')[0], part.slice(part.indexOf('=') + 1)]);
  const value = parts.find(([name, text]) => names.test(name) && asked(decode(text)))?.[1];
  return [value && decode(value), parts.some(([name, text]) => /^(p|page|paged)$/.test(name) && +text > 1)];
};
