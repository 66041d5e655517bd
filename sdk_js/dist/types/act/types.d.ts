import type { Moment } from '../moments/types.js';
export interface When {
    lang?: string[];
    channel?: string[];
    page_type?: string[];
    hour?: [number, number];
    intent?: string[];
    confidence?: number;
    category?: string[];
    words?: string[];
    segment?: string[];
    cart?: string[];
    cart_min?: [number, string];
    stock?: number;
    distance?: number;
}
export interface Variant {
    k: string;
    w: number;
    url?: string;
    /** title, body, button, each per language. */
    text?: Record<string, Record<string, string>>;
}
export interface Campaign {
    id: string;
    rev: number;
    place: string;
    kind: string;
    basis: string;
    pri: number;
    w: number;
    hold: number;
    cap: number;
    cool: [number, number];
    vars: Variant[];
    need?: string[];
    when?: When;
    from?: number | null;
    until?: number | null;
    sensitive?: boolean;
    offline?: boolean;
    stopped?: boolean;
    because?: string[];
}
/** The key `act` of /v1/config. */
export interface Act {
    v: 1;
    rev: number;
    salt: string;
    kill: boolean;
    fresh: number;
    quiet: [number, number];
    reach_day: number;
    reach_week: number;
    place_cool: number;
    fewer_for: number;
    list: Campaign[];
    /** Some campaign asks for the moment. */
    moment?: boolean;
    /** The version of the site's stores, when it has any. */
    stores?: string;
    /** Every campaign speaks it. */
    lang?: string;
    /** Paths of categories where nothing personal is shown. */
    sensitive?: string[];
}
export interface Context {
    place: string;
    now: number;
    /** The session's id. */
    draw: string;
    age?: number | null;
    unit?: string | null;
    tz_off?: number | null;
    consent?: Record<string, boolean | null | undefined>;
    sensitive?: boolean | null;
    /** On a page with what it was made of: the search and the evidence, which no rule looks at. */
    moment?: {
        intent?: string | null;
        conf?: number | null;
        category?: string | null;
        words?: string[] | null;
    } & Partial<Pick<Moment, 'topic_query' | 'evidence'>>;
    lang?: string | null;
    channel?: string | null;
    page_type?: string | null;
    segments?: string[] | null;
    cart?: {
        state?: string | null;
        value?: number | null;
        currency?: string | null;
    };
    stock?: number | null;
    distance?: number | null;
}
type Of<T> = Record<string, T>;
/** What the device remembers; comes from `settle`. */
export interface State {
    shown: Of<number[]>;
    kind: Of<number[]>;
    reach: number[];
    dis: Of<number>;
    bad: Of<number>;
    place: Of<number>;
    fewer: Of<number>;
    arm: Of<boolean>;
}
export interface Decision {
    place: string;
    chosen: boolean;
    holdout: boolean;
    action: string | null;
    revision: number | null;
    kind: string | null;
    variant: string | null;
    basis: string | null;
    weight: number | null;
    weight_total: number | null;
    hold: number | null;
    suppressed_by: string | null;
    reasons: [string, string][];
}
export {};
