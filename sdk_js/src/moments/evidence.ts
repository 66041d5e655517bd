// One event comes in; what kind it is, what it says about know, go, do and buy, and what it answers come out.
import type { Four, MomentEvent, Outcome, Rules } from './types';

export const intents = ['know', 'go', 'do', 'buy'] as const;

/** What speaks, as kind:key, and its weights in thousandths. */
export type Signal = [string, Four];

/** What an event is, before anything of its session is known. */
export interface Said {
  kind: string;
  signals: Signal[];
  outcome?: Outcome;
}

/** Own entries only: a page may be called "constructor". */
export const own = <T>(table: Record<string, T>, key: string | undefined): T | undefined =>
  key != null && Object.prototype.hasOwnProperty.call(table, key) ? table[key] : undefined;

export const weigh = (rules: Rules, signal: string): Signal[] => {
  const weights = own(rules.weights, signal);
  return weights && weights.some(w => w) ? [[signal, weights]] : [];
};

/** The kind of page, as sent or told from the path. */
export function pageKind(e: MomentEvent, rules: Rules): string | undefined {
  const sent = e.page_type && e.page_type.toLowerCase().replace(/^https?:\/\/schema\.org\//, '');
  if (sent) return own(rules.pages, sent) ?? sent;
  for (const part of (e.url_path || '').toLowerCase().split('/')) {
    const page = own(rules.path, part);
    if (page) return page;
  }
  return;
}

/** An event's kind carries its condition: half a video, an answer dwelt on, a booking of a visit. */
function kindOf(e: MomentEvent, page: string | undefined, rules: Rules): string {
  if (e.event == 'video_progress' && e.percent! >= rules.video_half_percent) return 'video_half';
  if (e.event == 'engagement' && e.visible_ms! >= rules.read_visible_ms && rules.read_pages.includes(page!)) return 'read';
  if (e.event == 'booking' && rules.visit_bookings.includes(e.kind!)) return 'booking_visit';
  return e.event;
}

const refKind = ({ channel, social_kind }: MomentEvent): string | undefined =>
  social_kind ?? (/^(organic|paid)_search$/.test(channel || '') ? 'search' : undefined);

/** `landing`: the session's first event, which tells where the person came from. Undefined when the event does not count. */
export function read(e: MomentEvent, landing: boolean, rules: Rules): Said | undefined {
  const page = pageKind(e, rules);
  const kind = kindOf(e, page, rules);
  const outcome = own(rules.outcomes, kind);
  const signals = weigh(rules, 'event:' + kind);
  if (e.event == 'page_view' && page) signals.push(...weigh(rules, 'page:' + page));
  if (landing) signals.push(...weigh(rules, 'ref:' + refKind(e)));
  const verdict = intents.indexOf(e.search_intent as any);
  const weight = Math.round((e.search_confidence || 0) * rules.search_weight);
  if (e.search_norm && verdict >= 0 && weight) {
    signals.push(['search:' + intents[verdict], intents.map((_, i) => (i == verdict ? weight : 0))]);
  }
  return signals.length || outcome ? { kind, signals, outcome } : undefined;
}

const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Words of a normalised text; a category is a path of them. */
const words = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{N}\p{M}]+/u).filter(w => w);

/** Two texts are of one topic when they share a word; where words are not parted by spaces, when one holds the other. */
export function shares(a: string, b: string | undefined): boolean {
  if (b == null) return false;
  if (spaceless.test(a + b) && (a.includes(b) || b.includes(a))) return true;
  const known = words(b);
  return words(a).some(w => known.includes(w));
}
