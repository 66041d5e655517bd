import { type Options } from './config.js';
import type { Consent } from './consent.js';
import type { PropsOf } from './events.js';
import { keep } from './journal.js';
import type { Shown, Told } from './act/shown.js';
import type { Notice } from './moments/types.js';
import type { Config } from './more/law.js';
import { dwell, followStorage } from './person.js';
import { guard, lost } from './report.js';
import { type Props, type Recorded, track } from './track.js';
import { navigated } from './views.js';
/** What `on` hands over. */
export interface HeardMap {
    event: Recorded;
    moment: Notice;
    config: Config;
}
export type HeardOf<Name extends string> = Name extends keyof HeardMap ? HeardMap[Name] : any;
export interface Hetk {
    <Name extends string>(call: 'track', event: Name, props?: PropsOf<Name>): void;
    (call: 'page', props?: Props): void;
    (call: 'identify', user: string, traits?: Props): void;
    (call: 'search', query: string, props?: Props): void;
    (call: 'consent', answer: Consent): void;
    <Name extends string>(call: 'on' | 'off', name: Name, handler: (value: HeardOf<Name>) => void): void;
    /** Without a place: looks for slots that the page has added. */
    (call: 'decide', place?: string, handler?: (shown: Shown) => void): void;
    (call: 'context', said: Told): void;
    (call: 'emit', name: string, value: unknown): void;
    (call: 'reset' | 'flush' | 'debug' | 'listen'): void;
    (call: 'capture', what: string): void;
}
/** The calls a page may make; the lazy file adds its own. */
export declare const calls: Record<string, (...args: any[]) => unknown>;
/** What the second file works with. */
export declare const core: readonly [Record<string, (...args: any[]) => unknown>, typeof track, [name: string, ...what: any[]][], typeof guard, typeof lost, typeof keep, typeof navigated, typeof followStorage, () => readonly [Options, import("./person.js").Who, import("./queue.js").Item[], Record<string, number>, {
    url?: string;
    ref?: string;
    title?: string;
    page_type?: string;
}], typeof dwell];
export type Core = typeof core;
/** The tracker of a page. A page has one per script; `waiting` are calls made before it came. */
export declare function createHetk(options: Options, waiting?: ArrayLike<any>[]): Hetk;
