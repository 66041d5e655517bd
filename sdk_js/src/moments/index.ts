// Events come in as they happen, moments that open, change and close come out. Pure: no clock, no storage, no network.
//
// The same definition as the warehouse's models 30_moments (docs/moments.md); the golden sessions in tests/contract/moments
// and random ones (tests/moments/test_parity.py) hold the two together.
import { intents, read, shares, weigh, type Said, type Signal } from './evidence';
import type { Evidence, Four, Intent, Moment, MomentEvent, Notice, Outcome, Rules } from './types';

export type { Evidence, Intent, Moment, MomentEvent, Notice, Rules };

const sessionIdle = 1_800_000;
const levels = ['step', 'answer', 'convert'];
const round9 = (x: number): number => Math.round(x * 1e9) / 1e9;

/** What a counted event adds to its moment. */
interface Row {
  id: string;
  t: number;
  p: Four;
  signals: Signal[];
  own: Four;
  kind: string;
  outcome?: Outcome;
  value?: number;
  names: Names;
}

/** What a moment is about, as its segment has said so far. */
interface Names {
  query?: string;
  category?: string;
  lang?: string;
}

/** The moment that forms; plain numbers and lists, so that a page may hand it to the next one. */
interface Draft {
  first: string;
  started: number;
  detected: number;
  ended: number;
  n: number;
  p: Four;
  /** The highest each probability has been. */
  most: Four;
  /** In the order in which they first spoke; `at` counts the moment's events. */
  said: { signal: string; w: Four; n: number; event_id: string; at: number }[];
  /** Per intent the highest outcome, the latest of equals. */
  best: ({ level: number; kind: string; value?: number } | null)[];
  names: Names;
}

/** Everything remembered of a session; plain data. */
interface State {
  seenAt: number;
  /** Events seen, and whether one of them counted. */
  n: number;
  began?: number;
  last: number;
  /** The last counted event was an outcome that ends. */
  ended: boolean;
  // The block: no silence, no ending outcome inside.
  query?: string;
  category?: string;
  product?: string;
  // The topic's category, and the one named last.
  topic?: string;
  named?: string;
  // The segment: one block, one topic.
  sums: Four;
  lead: number;
  sure: boolean;
  intent?: number;
  names: Names;
  draft?: Draft;
  /** The last event, while it is not known to which moment it belongs. */
  held?: Row;
  told?: { confidence: number; query?: string; outcome?: string };
}

export interface Moments {
  /** Takes the next event; events come in the order of the device's clock. */
  push(e: MomentEvent): Notice[];
  /** Tells the time: a moment that went silent closes. */
  idle(t: number): Notice[];
  /** The moment that is going on. */
  open(): Moment | undefined;
  /** The session is over. */
  end(): Notice[];
  state: State;
}

const segment = { sums: [0, 0, 0, 0], lead: -1, sure: false, intent: undefined, names: {}, draft: undefined, held: undefined, told: undefined };
const block = { query: undefined, category: undefined, product: undefined, topic: undefined, named: undefined };

/** The draft with a row more; a draft is never changed, for the row may turn out to belong to the next one. */
function add(draft: Draft | undefined, row: Row): Draft {
  const { id, t, p, signals, kind, outcome, value, names } = row;
  const before = draft || { first: id, started: t, detected: NaN, ended: t, n: 0, p, most: p, said: [], best: [null, null, null, null], names };
  const said = before.said.slice();
  for (const [signal, w] of signals) {
    const at = said.findIndex(s => s.signal == signal);
    if (at < 0) said.push({ signal, w, n: 1, event_id: id, at: before.n });
    else said[at] = { ...said[at], n: said[at].n + 1, w: said[at].w.map((x, i) => x + w[i]) };
  }
  const best = before.best.slice();
  if (outcome) {
    const i = intents.indexOf(outcome.intent);
    const level = levels.indexOf(outcome.level);
    if (level >= (best[i]?.level ?? 0)) best[i] = { level, kind, value };
  }
  return { ...before, ended: t, n: before.n + 1, p, most: before.most.map((m, i) => Math.max(m, p[i])), said, best, names };
}

export function createMoments(rules: Rules, state?: State): Moments {
  const share = (sums: Four): Four => {
    const squares = sums.map(sum => (rules.prior + round9(sum)) ** 2);
    const total = squares.reduce((a, b) => a + b);
    return squares.map(s => round9(s / total));
  };

  /** What is going on now, the event included whose moment is not known yet. */
  const current = (): Draft => (self.state.held ? add(self.state.draft, self.state.held) : self.state.draft!);

  const shown = (closed_by: Moment['closed_by']): Moment => {
    const draft = current();
    const { names } = draft;
    const intent = self.state.intent!;
    const best = draft.best[intent];
    const evidence = draft.said
      .filter(s => s.w[intent] > 0)
      .sort((a, b) => b.w[intent] - a.w[intent] || a.at - b.at || (a.signal < b.signal ? -1 : 1))
      .slice(0, 5)
      .map(({ signal, n, w, event_id }) => ({ signal, n, weight: w[intent], event_id }));
    return {
      moment_id: draft.first,
      intent: intents[intent],
      confidence: draft.most[intent],
      p_know: draft.p[0],
      p_go: draft.p[1],
      p_do: draft.p[2],
      p_buy: draft.p[3],
      lang: names.lang,
      topic_query: names.query,
      topic_category: names.category,
      started_at: draft.started,
      detected_at: draft.detected,
      ended_at: draft.ended,
      n_events: draft.n,
      evidence,
      state: best && best.level ? (best.level == 2 ? 'converted' : 'satisfied') : closed_by == 'open' ? 'open' : best ? 'abandoned' : 'expired',
      closed_by,
      outcome: best?.kind,
      outcome_value: best?.value,
      model: rules.model,
    };
  };

  const close = (by: Moment['closed_by'], out: Notice[] = []): Notice[] => {
    if (self.state.intent != null) out.push({ type: 'close', moment: shown(by) });
    Object.assign(self.state, segment);
    return out;
  };

  const cutBefore = (t: number): Moment['closed_by'] | undefined => {
    const s = self.state;
    if (s.began == null) return;
    const part = (at: number): number => Math.floor((at - s.began!) / rules.span_ms);
    return s.ended ? 'outcome' : t - s.last > rules.idle_ms ? 'idle' : part(t) != part(s.last) ? 'span' : undefined;
  };

  /** Whether the event begins another topic; remembers what it names. */
  const turns = (query: string | undefined, category: string | undefined): boolean => {
    const s = self.state;
    const known = s.query != null || s.category != null;
    let turned = query != null && known && !shares(query, s.query) && !shares(query, s.category);
    if (turned) s.topic = s.named = undefined;
    if (category != null) {
      // A category that is named twice in a row is meant; the first one after a search belongs to it.
      if (s.topic == null) s.topic = category;
      else if (category == s.named && category != s.topic) {
        turned = true;
        s.topic = category;
      }
      s.named = category;
    }
    return turned;
  };

  /** Signals that need the block's memory: the same product again, another one of the category. */
  const looks = (kind: string, product: string | undefined, category: string | undefined): Signal[] => {
    const s = self.state;
    if (product == null || s.product == null) return [];
    if (product == s.product) return /^(add_to_cart|purchase)$/.test(kind) ? [] : weigh(rules, 'again');
    return category != null && category == s.category ? weigh(rules, 'compare') : [];
  };

  /** [label, whether it was named by an outcome]; the label is undefined where the event shows none. */
  const label = (said: Said, p: Four, own: Four): [number | undefined, boolean] => {
    const s = self.state;
    const { outcome } = said;
    if (outcome?.forces) {
      Object.assign(s, { lead: intents.indexOf(outcome.intent), sure: true });
      return [s.lead, true];
    }
    const lead = p.indexOf(Math.max(...p));
    const next = Math.max(...p.filter((_, i) => i != lead));
    const sure = own[lead] > 0 && round9(p[lead] - next) >= rules.margin;
    const stays = sure && s.sure && s.lead == lead;
    Object.assign(s, { lead, sure });
    if (s.intent == null) return [own[lead] > 0 && p[lead] >= rules.open ? lead : undefined, false];
    return [stays ? lead : undefined, false];
  };

  /** The row joins the moment, waits, or begins another one. */
  const place = (row: Row, named: number | undefined, forced: boolean, out: Notice[]): void => {
    const s = self.state;
    if (named != null && s.intent != null && named != s.intent) {
      const { held, names } = s;
      const meant = held && held.own.every((w, i) => i == named || w < held.own[named]);
      const along = held && (!forced || meant) ? held : undefined;
      if (along) {
        s.held = undefined;
        // It was told as this moment's: what was said is not taken back.
        s.draft = { ...s.draft!, most: add(s.draft, along).most };
      }
      const { sums, lead, sure } = s;
      close('intent', out);
      Object.assign(s, { sums, lead, sure, names, draft: along && add(undefined, along) });
    } else if (s.held) s.draft = add(s.draft, s.held);
    s.held = undefined;
    if (named == null) return void (s.held = row);
    s.draft = add(s.draft, row);
    if (s.intent == null) s.draft.detected = row.t;
    s.intent = named;
  };

  const tell = (out: Notice[]): void => {
    const s = self.state;
    if (s.intent == null) return;
    const draft = current();
    const { told } = s;
    const confidence = draft.most[s.intent];
    const { query } = draft.names;
    const outcome = draft.best[s.intent]?.kind;
    if (told && confidence - told.confidence < rules.change && query == told.query && outcome == told.outcome) return;
    out.push({ type: told ? 'change' : 'open', moment: shown('open') });
    s.told = { confidence, query, outcome };
  };

  const self: Moments = {
    state: state!,

    push(e) {
      if (e.is_bot) return [];
      const out: Notice[] = [];
      if (!self.state || e.t - self.state.seenAt > sessionIdle) {
        if (self.state) close('end', out);
        self.state = { seenAt: e.t, n: 0, last: e.t, ended: false, ...block, ...segment };
      }
      const s = self.state;
      const t = (s.seenAt = Math.max(e.t, s.seenAt));
      const said = read(e, !s.n++, rules);
      if (!said) return out;

      const cut = cutBefore(t);
      if (cut) {
        close(cut, out);
        Object.assign(s, block);
      }
      s.began ??= t;
      const query = e.search_norm && e.search_norm != s.query ? e.search_norm : undefined;
      const product = e.product_id || undefined;
      const category = e.category || undefined;
      const signals = said.signals.filter(([name]) => query != null || !name.startsWith('search:')).concat(looks(said.kind, product, category));
      if (turns(query, category)) close('topic', out);
      const since = t - s.last;
      Object.assign(s, { query: query ?? s.query, last: t, ended: !!said.outcome?.ends });
      if (category != null) Object.assign(s, { category, product });
      s.names = {
        query: query ?? s.names.query,
        category: s.topic ?? s.names.category,
        lang: (query != null && e.search_lang) || s.names.lang || e.page_lang,
      };

      const own = intents.map((_, i) => signals.reduce((sum, [, w]) => sum + w[i], 0));
      s.sums = s.sums.map((sum, i) => sum * 2 ** (-since / rules.half_life_ms) + own[i] / 1000);
      const forces = said.outcome?.forces ? intents.indexOf(said.outcome.intent) : -1;
      const p = forces < 0 ? share(s.sums) : intents.map((_, i) => (i == forces ? 0.97 : 0.01));
      const [named, forced] = label(said, p, own);
      place({ id: e.event_id, t, p, signals, own, kind: said.kind, outcome: said.outcome, value: e.value, names: s.names }, named, forced, out);
      tell(out);
      if (s.ended) close('outcome', out);
      return out;
    },

    open: () => (self.state?.intent == null ? undefined : shown('open')),
    idle: t => (self.state && t - self.state.last > rules.idle_ms ? close('idle') : []),
    end: () => (self.state ? close('end') : []),
  };
  return self;
}
