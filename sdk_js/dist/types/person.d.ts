import { type Consent } from './consent.js';
import { type Props } from './track.js';
export interface Who {
    consent: Consent;
    /** These are of people who agreed to analytics. */
    visitor?: string;
    session?: string;
    /** Last activity, ms. */
    at?: number;
    /** May be named before agreeing: sent only once they agree. */
    user?: string;
    /** The traits that came with the name, until they are sent. */
    named?: Props;
}
export declare let who: Who;
/** The context of an event; '' while an opt-in site waits for the answer. */
export declare const context: (now: number) => string;
/** What no Temporal could tell. */
export declare const dwell: (found: string) => void;
/** Storage may be denied or full: then who it is lives as long as the page. */
export declare const save: () => void;
export declare const meet: () => void;
/** True when the answer changed something. */
export declare const answer: (said: Consent) => unknown;
/** The name is sent once it may be. */
export declare const identify: (id: unknown, traits?: Props) => void;
export declare const reset: () => void;
/** Another tab changed what is stored: gone means withdrawn. */
export declare const followStorage: ({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>) => void;
