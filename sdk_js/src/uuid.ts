// A time in ms comes in, a UUIDv7 goes out: ids sort by time, so the server finds duplicates cheaply.
export const uuid = (now: number): string =>
  // A 1 and the time's 12 digits, then random numbers; decimal digits are hexadecimal ones too: 59 bits for each millisecond.
  // Not crypto.randomUUID: plain-http pages do not have it.
  ((now + 2 ** 48).toString(16) + crypto.getRandomValues(new Uint32Array(9)).join('')).replace(
    /.(.{8})(.{4})(...)(...)(.{12}).*/,
    '$1-$2-7$3-8$4-$5',
  );
