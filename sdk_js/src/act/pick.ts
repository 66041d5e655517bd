// Words come in, a number in [0, n) goes out: the same one on every device, for ever (collector/act/hash.py).

/** MurmurHash3 x86_32 of the words' UTF-8, seed 0. */
export function murmur3(text: string): number {
  const bytes = new TextEncoder().encode(text);
  const { length } = bytes;
  const { imul } = Math;
  let h = 0;
  for (let at = 0; at < length; at += 4) {
    let k = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24); // past the end: 0
    k = imul(k, 0xcc9e2d51);
    h ^= imul((k << 15) | (k >>> 17), 0x1b873593);
    if (at + 4 <= length) h = imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  }
  h ^= length;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Uniform; n < 2^21, or the product is not exact. */
export const pick = (parts: string[], n: number): number => Math.floor((murmur3(parts.join('\n')) * n) / 2 ** 32);
