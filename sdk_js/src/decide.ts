// A tracker and a place come in, what to show there goes out: the promise form of `hetk('decide', ...)`.
import type { Shown } from './act/shown';
import type { Hetk } from './hetk';

export const decide = (hetk: Hetk, place: string): Promise<Shown> => new Promise(done => hetk('decide', place, done));
