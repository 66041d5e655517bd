import { type Consent } from '../consent.js';
import type { PropsOf } from '../events.js';
import type { Options } from './types.js';
export type { AppStateLike, NetInfoLike, Options, PlatformLike, Storage } from './types.js';
export type { Consent } from '../consent.js';
export type { EventMap, Item } from '../events.js';
type Props = Record<string, unknown>;
export interface Hetk {
    <Name extends string>(call: 'track', event: Name, props?: PropsOf<Name>): void;
    /** A screen was shown: the app's page view. */
    (call: 'screen', name: string, props?: Props): void;
    (call: 'search', query: string, props?: Props): void;
    (call: 'identify', user: string, traits?: Props): void;
    (call: 'consent', answer: Consent): void;
    (call: 'reset' | 'flush'): void;
}
export declare function createHetk(options: Options): Hetk;
