// The ES module: `import { createHetk } from 'hetk'`.
export { type HeardMap, type Hetk, createHetk } from './hetk';
export { decide } from './decide';
export type { Shown, Told } from './act/shown';
export type { Moment, Notice } from './moments/types';
export type { EventMap, Item, PropsOf } from './events';
export type { Props, Recorded } from './track';
export type { Options } from './config';
export type { Consent } from './consent';
