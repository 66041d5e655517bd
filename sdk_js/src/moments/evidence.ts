// One event and what the session has seen come in; what it says about know, go, do and buy comes out.
import type { Four, MomentEvent, Rules } from './types';

/** What speaks, as kind:key, and its weights. */
export type Signal = [string, Four];

/** What of the session's past an event's evidence depends on. */
export interface Past {
  isFirst: boolean;
  asks: boolean;
  seen: boolean;
  compares: boolean;
}

/** Own entries only: a page may be called "constructor". */
export const own = <T>(table: Record<string, T>, key: string | undefined): T | undefined =>
  key != null && Object.prototype.hasOwnProperty.call(table, key) ? table[key] : undefined;

/** The type of page, as sent or told from the path. */
export function pageType(e: MomentEvent, rules: Rules): string | undefined {
  const sent = e.page_type && e.page_type.toLowerCase().replace('https://schema.org/', '');
  if (sent) return sent;
  for (const part of (e.url_path || '').toLowerCase().split('/')) {
    const page = own(rules.path, part);
    if (page) return page;
  }
  return;
}

const dayPart = (hour: number): string =>
  hour < 6 ? 'night' : hour < 11 ? 'morning' : hour < 14 ? 'midday' : hour < 18 ? 'afternoon' : 'evening';

export function signals(e: MomentEvent, page: string | undefined, past: Past, rules: Rules): Signal[] {
  const found: Signal[] = [];
  const say = (kind: 'event' | 'page' | 'arrival' | 'sequence', key: string | undefined, scale = 1): void => {
    const weights = own(rules[kind], key);
    if (weights) found.push([kind + ':' + key, weights.map(w => w * scale)]);
  };
  say('event', e.event);
  if (e.event == 'page_view') say('page', page);
  if (e.event == 'engagement' && (e.visible_ms || 0) / 1000 >= rules.dwell_seconds) say('page', page, rules.dwell_scale);
  // The warehouse keeps these four in single precision.
  const said = [e.know, e.go, e.do, e.buy].map(w => Math.fround(w || 0) * rules.search_scale);
  if (past.asks && said.some(w => w)) found.push(['search:' + e.search_norm, said]);
  if (past.isFirst) {
    say('arrival', e.channel);
    say('arrival', e.social_kind);
    say('arrival', e.device_type);
    if (e.hour != null) say('arrival', dayPart(e.hour));
  }
  if (past.seen) say('sequence', 'view_again');
  else if (past.compares) say('sequence', 'compare');
  return found;
}
