export type Intent = 'know' | 'go' | 'do' | 'buy';
/** know, go, do, buy */
export type Four = number[];
/** One event, told in the names of the warehouse's columns. Only the first three are needed. */
export interface MomentEvent {
    event_id: string;
    /** The device's clock, ms. */
    t: number;
    event: string;
    page_type?: string;
    url_path?: string;
    page_lang?: string;
    search_norm?: string;
    search_lang?: string;
    /** What the classifier says of the search. */
    know?: number;
    go?: number;
    do?: number;
    buy?: number;
    product_id?: string;
    category?: string;
    order_id?: string;
    place?: string;
    value?: number;
    visible_ms?: number;
    scroll_pct?: number;
    percent?: number;
    channel?: string;
    social_kind?: string;
    device_type?: string;
    /** Of the person's day, 0 to 23. */
    hour?: number;
    is_bot?: boolean;
}
/** warehouse/models/30_moments/moment_defaults.json */
export interface Rules {
    model: string;
    half_life_minutes: Four;
    prior: Four;
    temperature: number;
    open: number;
    rise: number;
    lead: number;
    change: number;
    idle_seconds: number;
    block_seconds: number;
    search_scale: number;
    dwell_seconds: number;
    dwell_scale: number;
    ignored: string[];
    event: Record<string, Four>;
    page: Record<string, Four>;
    path: Record<string, string>;
    arrival: Record<string, Four>;
    sequence: Record<string, Four>;
    outcome: Record<string, {
        intent: string;
        seconds?: number;
        scroll?: number;
        percent?: number;
        pages?: string[];
    }>;
}
export interface Evidence {
    event_id: string;
    signal: string;
    weight: number;
}
/** A micro-moment, as in the warehouse's table `moments`; times are the device's, ms. */
export interface Moment {
    moment_id: string;
    intent: Intent;
    confidence: number;
    p_know: number;
    p_go: number;
    p_do: number;
    p_buy: number;
    lang?: string;
    topic?: string;
    topic_type?: 'query' | 'category' | 'product' | 'place' | 'content';
    started_at: number;
    detected_at: number;
    ended_at: number;
    n_events: number;
    evidence: Evidence[];
    state: 'open' | 'satisfied' | 'converted' | 'abandoned' | 'expired';
    outcome?: string;
    outcome_value?: number;
    model: string;
}
export interface Notice {
    type: 'open' | 'change' | 'close';
    moment: Moment;
}
