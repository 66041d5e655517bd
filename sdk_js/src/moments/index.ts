// Events come in as they happen, moments that open, change and close come out. Pure: no clock, no storage, no network.
//
// The same definition as the warehouse's views moment_steps, moment_labels and moments (docs/moments.md); the golden
// sessions in tests/contract/moments hold the two together.
import { own, pageType, signals } from './evidence';
import type { Evidence, Four, Intent, Moment, MomentEvent, Notice, Rules } from './types';

export type { Evidence, Intent, Moment, MomentEvent, Notice, Rules };

const intents: Intent[] = ['know', 'go', 'do', 'buy'];
const sessionIdle = 1_800_000;
const slack = 1e-9;

/** Everything remembered; plain data, so that a page may hand it to the next one. */
interface State {
  seenAt: number;
  // The session.
  n: number;
  start: number;
  last: number;
  query?: string;
  mark?: string;
  viewed: string[];
  answered: string[];
  /** Products that were bought or went into the cart. */
  settled: string[];
  // The segment: one topic, no silence, no answer inside.
  done: boolean;
  sums: Four;
  before: Four[];
  views: number;
  names: { query?: string; category?: string; search_lang?: string; page_lang?: string };
  moment?: Draft;
}

/** The moment that forms: it has an intent once one leads. */
interface Draft {
  intent?: number;
  told: number;
  topic?: string;
  loudest: Evidence[][];
  best: Four[];
  row: Partial<Moment> & { moment_id: string; started_at: number; product?: string; place?: string; content?: string };
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

export function createMoments(rules: Rules, state?: State): Moments {
  const halfLives = rules.half_life_minutes.map(m => m * 60_000);
  const idle = rules.idle_seconds * 1000;
  const block = rules.block_seconds * 1000;

  const softmax = (sums: Four): Four => {
    const z = sums.map((sum, i) => (rules.prior[i] + sum) / rules.temperature);
    const top = Math.max(...z);
    const powers = z.map(v => Math.exp(v - top));
    const total = powers.reduce((a, b) => a + b);
    return powers.map(v => v / total);
  };
  const even = softmax([0, 0, 0, 0]);

  const session = (t: number): void => {
    self.state = { seenAt: t, n: 0, start: t, last: t, viewed: [], answered: [], settled: [], done: true, sums: [], before: [], views: 0, names: {} };
  };

  const shown = ({ intent, best, loudest, row }: Draft): Moment => {
    const { product, place, content, ...told } = row;
    const { query, category, search_lang, page_lang } = self.state.names;
    const p = best[intent!];
    const topics = { query, category, product, place, content };
    const type = (Object.keys(topics) as (keyof typeof topics)[]).find(k => topics[k] != null);
    return {
      ...told,
      intent: intents[intent!],
      confidence: p[intent!],
      p_know: p[0],
      p_go: p[1],
      p_do: p[2],
      p_buy: p[3],
      lang: search_lang ?? page_lang,
      topic: type && topics[type],
      topic_type: type,
      evidence: loudest[intent!].slice(),
      state: told.state || 'open',
      model: rules.model,
    } as Moment;
  };

  const close = (state: Moment['state'], out: Notice[] = []): Notice[] => {
    const draft = self.state.moment;
    if (draft && draft.intent != null) {
      draft.row.state = state;
      out.push({ type: 'close', moment: shown(draft) });
    }
    self.state.moment = undefined;
    return out;
  };

  /** The leading intent when it leads by the margin, else nothing. */
  const leading = (p: Four, earlier: Four): number | undefined => {
    const [most, next] = p.slice().sort((a, b) => b - a);
    const i = p.indexOf(most);
    const stands = most >= rules.open - slack || most - earlier[i] >= rules.rise - slack;
    return most - next >= rules.lead - slack && stands ? i : undefined;
  };

  const self: Moments = {
    state: state!,

    push(e) {
      const { t } = e;
      if (e.is_bot) return [];
      let out: Notice[] = [];
      if (!self.state || t - self.state.seenAt > sessionIdle) {
        if (self.state) out = close('expired');
        session(t);
      }
      const s = self.state;
      s.seenAt = t;
      if (rules.ignored.includes(e.event)) return out;

      // What the event is.
      if (!s.n++) s.start = s.last = t;
      const page = pageType(e, rules);
      const query = e.search_norm || undefined;
      const rule = own(rules.outcome, e.event);
      const key = e.event + '\n' + (e.order_id ?? e.product_id ?? e.url_path ?? '');
      const looks = e.event == 'view_item';
      const settled = looks && s.settled.includes(e.product_id!);
      const repeated = settled || (!!rule && s.answered.includes(key));
      const answers =
        rule &&
        !repeated &&
        (e.visible_ms || 0) / 1000 >= (rule.seconds || 0) &&
        (e.scroll_pct || 0) >= (rule.scroll || 0) &&
        (e.percent || 0) >= (rule.percent || 0) &&
        (!rule.pages || rule.pages.includes(page!));
      const outcome = answers ? intents.indexOf(rule.intent as Intent) : undefined;
      if (answers) s.answered.push(key);

      // Where it lies: in the segment, or after a cut.
      const { mark, last } = s;
      const asks = query != null && query != s.query;
      const newQuery = query != null && !(s.query != null && (query.includes(s.query) || s.query.includes(query)));
      const silent = t - last > idle;
      const turns = mark != null && (newQuery || (e.category != null && !e.category.startsWith(mark) && !mark.startsWith(e.category)));
      const blocked = Math.floor((t - s.start) / block) > Math.floor((last - s.start) / block);
      if (s.done || silent || turns || blocked) {
        close(silent ? 'expired' : 'abandoned', out);
        Object.assign(s, { done: false, sums: [0, 0, 0, 0], before: [even, even], views: 0, names: {} });
      }
      const decay = (i: number): number => 2 ** ((last - t) / halfLives[i]);
      s.query = query ?? s.query;
      s.mark = e.category ?? (newQuery ? '' : mark);
      s.last = t;

      // What it says.
      const viewed = looks && !settled ? e.product_id : undefined;
      const seen = viewed != null && s.viewed.includes(viewed);
      const past = { isFirst: s.n == 1, asks, seen, compares: viewed != null && s.views > 0 };
      if (answers && e.product_id != null) s.settled.push(e.product_id);
      if (viewed != null) s.views++, seen || s.viewed.push(viewed);
      const said = repeated ? [] : signals(e, page, past, rules);
      s.sums = s.sums.map((sum, i) => said.reduce((total, [, w]) => total + w[i], sum * decay(i)));
      const p = softmax(s.sums);
      const label = outcome ?? leading(p, s.before[0]);
      s.before = [s.before[1], p];

      // What becomes of the moment.
      if (label != null && s.moment?.intent != null && s.moment.intent != label) close('abandoned', out);
      const draft = (s.moment = s.moment || {
        told: 0,
        loudest: [[], [], [], []],
        best: [p, p, p, p],
        row: { moment_id: e.event_id, started_at: t, n_events: 0 },
      });
      const { row, loudest, best } = draft;
      row.ended_at = t;
      row.n_events!++;
      for (const [signal, w] of said) {
        w.forEach((weight, i) => {
          if (weight <= 0) return;
          const loud = loudest[i];
          const at = loud.findIndex(l => l.signal == signal);
          if (at >= 0 && loud[at].weight >= weight) return;
          if (at >= 0) loud.splice(at, 1);
          // Stable: of equal weights the earlier one stays ahead.
          loud.push({ event_id: e.event_id, signal, weight });
          loud.sort((a, b) => b.weight - a.weight).splice(5);
        });
      }
      p.forEach((v, i) => {
        if (v > best[i][i]) best[i] = p;
      });
      const { names } = s;
      names.query = names.query ?? query;
      names.category = names.category ?? e.category;
      names.search_lang = names.search_lang ?? e.search_lang;
      names.page_lang = names.page_lang ?? e.page_lang;
      row.product = row.product ?? (repeated ? undefined : e.product_id);
      row.place = row.place ?? e.place;
      if (e.event == 'page_view' && e.url_path != '/') row.content = row.content ?? e.url_path;

      let type: Notice['type'] | undefined;
      if (draft.intent == null && label != null) {
        draft.intent = label;
        row.detected_at = t;
        type = 'open';
      }
      if (draft.intent != null) {
        const moment = shown(draft);
        const news = moment.topic != draft.topic || moment.confidence - draft.told >= rules.change;
        if (type || (news && outcome == null)) {
          out.push({ type: type || 'change', moment });
          draft.told = moment.confidence;
          draft.topic = moment.topic;
        }
      }
      if (outcome != null) {
        row.outcome = e.event;
        row.outcome_value = e.value;
        close(outcome == 3 ? 'converted' : 'satisfied', out);
        s.done = true;
      }
      return out;
    },

    open: () => (self.state?.moment?.intent != null ? shown(self.state.moment) : undefined),
    idle: t => (self.state && t - self.state.last > idle ? close('expired') : []),
    end: () => (self.state ? close('expired') : []),
  };
  return self;
}
