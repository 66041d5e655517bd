// A golden session comes in, what the fold makes of it comes out, in the words of tests/contract/moments.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createMoments } from '../../src/moments';
import { merge } from '../../src/moments/merge';
import type { Moment, MomentEvent, Notice, Rules } from '../../src/moments';

const repo = new URL('../../../', import.meta.url);
export const defaults: Rules = JSON.parse(
  readFileSync(fileURLToPath(new URL('warehouse/models/30_moments/moment_defaults.json', repo)), 'utf8'),
);

export interface Session {
  name: string;
  rules?: unknown;
  events: any[];
  moments: any[];
}

/** Events numbered from 1, ids are their numbers, times are ms since the session's start. */
export function events({ events }: Session): MomentEvent[] {
  return events.map(({ at, ...said }, i) => ({ ...said, event_id: '' + (i + 1), t: Math.round(at * 1000) }));
}

export function run(session: Session): { notices: Notice[]; moments: any[] } {
  const fold = createMoments(merge(defaults, session.rules || {}));
  const notices = events(session).flatMap(e => fold.push(e)).concat(fold.end());
  return { notices, moments: notices.filter(n => n.type == 'close').map(n => told(n.moment)) };
}

export function told(m: Moment): any {
  return {
    intent: m.intent,
    confidence: m.confidence,
    state: m.state,
    closed_by: m.closed_by,
    outcome: m.outcome ?? null,
    topic_query: m.topic_query ?? null,
    topic_category: m.topic_category ?? null,
    lang: m.lang ?? null,
    first: +m.moment_id,
    n_events: m.n_events,
    started: m.started_at,
    detected: m.detected_at,
    ended: m.ended_at,
    outcome_value: m.outcome_value ?? null,
    p: [m.p_know, m.p_go, m.p_do, m.p_buy],
    evidence: m.evidence.map(e => [+e.event_id, e.signal, e.n, e.weight]),
    model: m.model,
  };
}
