import type { Shown } from './act/shown.js';
import type { Hetk } from './hetk.js';
export declare const decide: (hetk: Hetk, place: string) => Promise<Shown>;
