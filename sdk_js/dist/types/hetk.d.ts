import { type Options } from './config';
import type { Consent } from './consent';
import { keep } from './journal';
import { guard, lost } from './report';
import { type Props, type Recorded, track } from './track';
import { navigated } from './views';
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
/** What the second file works with. */
export declare const core: readonly [Record<string, (...args: any[]) => unknown>, typeof track, [name: string, ...what: any[]][], typeof guard, typeof lost, typeof keep, typeof navigated, () => readonly [Options, import("./person").Who, import("./queue").Item[], Record<string, number>, {
    url?: string;
    ref?: string;
    title?: string;
    page_type?: string;
}]];
export type Core = typeof core;
/** The tracker of a page. A page has one per script; `waiting` are calls made before it came. */
export declare function createHetk(options: Options, waiting?: ArrayLike<any>[]): Hetk;
