// The words of the moment engine: what an event must tell, what the rules say, what comes out. Names are those of the
// warehouse's columns; docs/moments.md defines what is done with them.

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
  /** What the classifier says of the search: know, go, do, buy or none, and how sure it is. */
  search_intent?: string;
  search_confidence?: number;
  product_id?: string;
  category?: string;
  value?: number;
  visible_ms?: number;
  percent?: number;
  /** What a booking is for. */
  kind?: string;
  channel?: string;
  social_kind?: string;
  is_bot?: boolean;
}

export interface Outcome {
  intent: Intent;
  /** step, answer or convert, in rising order. */
  level: string;
  /** The moment is over with it. */
  ends?: boolean;
  /** It names the intent, whatever was done before. */
  forces?: boolean;
}

/** warehouse/models/30_moments/moment_defaults.json; weights in thousandths. */
export interface Rules {
  model: string;
  prior: number;
  open: number;
  margin: number;
  change: number;
  half_life_ms: number;
  idle_ms: number;
  span_ms: number;
  search_weight: number;
  video_half_percent: number;
  read_visible_ms: number;
  read_pages: string[];
  visit_bookings: string[];
  /** Of the warehouse alone. */
  chances?: unknown;
  weights: Record<string, Four>;
  outcomes: Record<string, Outcome>;
  pages: Record<string, string>;
  path: Record<string, string>;
}

export interface Evidence {
  signal: string;
  /** How often it spoke, and the sum of what it said for the intent, in thousandths. */
  n: number;
  weight: number;
  /** Where it spoke first. */
  event_id: string;
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
  topic_query?: string;
  topic_category?: string;
  started_at: number;
  detected_at: number;
  ended_at: number;
  n_events: number;
  evidence: Evidence[];
  state: 'open' | 'satisfied' | 'converted' | 'abandoned' | 'expired';
  closed_by: 'open' | 'outcome' | 'idle' | 'span' | 'topic' | 'intent' | 'end';
  outcome?: string;
  outcome_value?: number;
  model: string;
}

export interface Notice {
  type: 'open' | 'change' | 'close';
  moment: Moment;
}
