// What goes over the wire comes in, its JSON text goes out: written once, sent as it is.
export const { parse, stringify } = JSON;

/** Long strings are shortened. Half surrogate pairs travel escaped, the collector mends them. */
export const toJson = (value: unknown): string => stringify(value, (_, v) => (typeof v == 'string' ? v.slice(0, 4096) : v));
