export { type HeardMap, type Hetk, createHetk } from './hetk.js';
export { decide } from './decide.js';
export type { Shown, Told } from './act/shown.js';
export type { Moment, Notice } from './moments/types.js';
export type { EventMap, Item, PropsOf } from './events.js';
export type { Props, Recorded } from './track.js';
export type { Options } from './config.js';
export type { Consent } from './consent.js';
