export { createHetk, type Hetk } from './hetk';
export type { Props, Recorded } from './track';
export type { Options } from './config';
export type { Consent } from './consent';
