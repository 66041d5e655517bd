import type { Core } from '../hetk.js';
import type { Words } from './text.js';
import type { Campaign, Context, State } from './types.js';
/** `chosen` false: the page's default stays. */
export interface Shown extends Partial<Words> {
    chosen: boolean;
    action?: string | null;
    variant?: string | null;
    suppressed_by?: string | null;
    url?: string;
    /** Of the words. */
    lang?: string;
    shown?(): void;
    clicked?(): void;
    dismissed?(how?: 'close' | 'not_useful' | 'fewer'): void;
    /** Opens the panel that says why it is shown; `back` takes it off the page when the person wants that. */
    why?(back?: () => void): void;
}
/** `fit` looks whether there is room: why not, or what asks the same once more when it is decided. */
export type Choose = (place: string, fit?: (shown: Shown) => string | (() => string)) => Promise<Shown>;
/** What the panel that says why is about. */
export type Asked = [
    campaign: Campaign,
    ctx: Context,
    shown: Shown,
    /** Changes what the device remembers. */
    press: (work: (state: State, now: number) => void) => Promise<unknown>,
    /** Tells an event of the decision. */
    tell: (what: string) => unknown,
    core: Core,
    fetched: (file: [string, string]) => Promise<any>,
    back?: () => void
];
/** What the page alone knows. */
export interface Told {
    cart?: {
        state: 'none' | 'open' | 'abandoned';
        value?: number;
        currency?: string;
    };
    stock?: number;
    segments?: string[];
    channel?: string;
    page_type?: string;
    /** Whether the page is about health, faith, debts ... */
    sensitive?: boolean;
    /** Where the person is, if they let the page know: the nearest open store is found on the device, and only there. */
    position?: {
        lat: number;
        lon: number;
    };
    /** To the nearest open store, in metres; for sites that find it themselves. */
    distance?: number;
    /** What may be put into texts about it. */
    near?: {
        store?: string;
        distance?: string;
        until?: string;
    };
}
