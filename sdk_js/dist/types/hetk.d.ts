import { type Options } from './config';
import type { Consent } from './consent';
import { guard, lost } from './report';
import { type Props, type Recorded } from './track';
export interface Hetk {
    (call: 'track', event: string, props?: Props): void;
    (call: 'page', props?: Props): void;
    (call: 'identify', user: string, traits?: Props): void;
    (call: 'search', query: string, props?: Props): void;
    (call: 'consent', answer: Consent): void;
    (call: 'on' | 'off', name: 'event', handler: (e: Recorded) => void): void;
    (call: 'on' | 'off', name: string, handler: (value: any) => void): void;
    (call: 'emit', name: string, value: unknown): void;
    (call: 'reset' | 'flush' | 'debug' | 'listen'): void;
    (call: 'capture', what: string): void;
}
/** The calls a page may make; the lazy file adds its own. */
export declare const calls: Record<string, (...args: any[]) => unknown>;
/** What the lazy file works with. */
export declare const core: readonly [Record<string, (...args: any[]) => unknown>, string[], typeof guard, typeof lost, () => readonly [Options, import("./person").Who, import("./queue").Item[], Record<string, number> | undefined, string[]]];
export type Core = typeof core;
/** The tracker of a page. A page has one per script; `waiting` are calls made before it came. */
export declare function createHetk(options: Options, waiting?: ArrayLike<any>[]): Hetk;
