// Rows come in, batches go to the collector; what it did not take waits and is tried again. The rules are those of the browser's core.
import { LIB, batchDelayMs, batchEventsMax, deniedKeptMs, deniedPauseMs, queueEventsMax, requestTimeoutMs, retryDoublingsMax } from '../config';
import type { Row, Store } from './store';
import type { Options } from './types';
import { uuid } from './uuid';

export type Reason = 'cap' | 'too_large' | 'rejected' | 'bad_props';

export interface Delivery {
  push(row: Row): void;
  flush(): void;
  /** Forgets all of it. */
  empty(): void;
  /** An answer came: gives what waits without a context one, and keeps it where that is agreed to. */
  answered(context: () => string): void;
}

const batchCharsMax = 100_000; // up to 300 KB of UTF-8; the collector takes 512 KiB

export function createDelivery(options: Options, store: Store, agreed: () => boolean, lost: (reason: Reason, n: number) => void, stored: () => void): Delivery {
  let rows: Row[] = [];
  let generation = 0;
  let flying = false;
  let failures = 0;
  let eventsMax = batchEventsMax * 2;
  let timer: any;
  const { platform } = options;
  const agent = platform && `Mozilla/5.0 (${platform.OS === 'ios' ? `iPhone; CPU iPhone OS ${`${platform.Version}`.replace(/\./g, '_')} like Mac OS X` : `Linux; Android ${platform.Version}; Mobile`}) ${LIB}`;

  const arm = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(flush, ms);
  };
  const drop = (gone: Row[], reason: Reason): void => {
    store.remove(gone);
    lost(reason, gone.length);
  };

  const next = (): Row[] => {
    let n = 0;
    let chars = 0;
    while (n < eventsMax && rows[n]?.ctx && rows[n].ctx === rows[0].ctx && (!n || chars + rows[n].ev.length < batchCharsMax)) chars += rows[n++].ev.length;
    return rows.splice(0, n);
  };

  const post = async (batch: Row[]): Promise<{ status: number; accepted?: unknown; after?: string | null }> => {
    const deadline = new AbortController();
    const clock = setTimeout(() => deadline.abort(), requestTimeoutMs);
    try {
      const answer = await fetch(options.host + '/v1/events', {
        method: 'POST',
        headers: agent ? { 'User-Agent': agent } : {},
        signal: deadline.signal,
        body: `{"v":1,"key":${JSON.stringify(options.key)},"lib":"${LIB}","sent":${Date.now()},"ctx":${batch[0].ctx},"events":[${batch.map(row => row.ev)}]}`,
      });
      return { status: answer.status, accepted: answer.ok && (await answer.json()).accepted, after: answer.headers.get('retry-after') };
    } catch {
      return { status: 0 }; // off the network, too late, or no JSON
    } finally {
      clearTimeout(clock);
    }
  };

  const settle = (batch: Row[], { status, accepted, after }: Awaited<ReturnType<typeof post>>): number => {
    const now = Date.now();
    if (typeof accepted === 'number') {
      store.remove(batch);
      failures = 0;
      stored();
      return 0;
    }
    if (status === 413 && batch[1]) {
      eventsMax = Math.max(1, batch.length >> 1);
      rows.unshift(...batch);
      return 0;
    }
    if ((status === 401 || status === 403) && batch[batch.length - 1].id > uuid(now - deniedKeptMs)) {
      for (const row of batch) {
        row.till = now + deniedPauseMs;
        if (agreed()) store.put(row);
      }
      rows.unshift(...batch);
      return deniedPauseMs;
    }
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      drop(batch, status === 413 ? 'too_large' : 'rejected');
      return 0;
    }
    rows.unshift(...batch);
    return 1000 * +(after || 0) || (1 + Math.random()) * 500 * 2 ** Math.min(failures++, retryDoublingsMax);
  };

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (flying || !rows[0]?.ctx) return;
    const held = (rows[0].till || 0) - Date.now();
    if (held > 0) return arm(held);
    const batch = next();
    const asked = generation;
    flying = true;
    const answer = await post(batch);
    flying = false;
    const pause = asked === generation ? settle(batch, answer) : 0;
    if (pause) arm(pause);
    else if (rows[0]) void flush();
  }

  return {
    push(row) {
      rows.push(row);
      if (rows.length > queueEventsMax) drop(rows.splice(0, 1), 'cap');
      if (rows.length === batchEventsMax && !failures) arm(0);
      else if (!timer) arm(batchDelayMs);
    },
    flush: () => void flush(),
    empty() {
      rows = [];
      generation++;
    },
    answered(context) {
      for (const row of rows) {
        row.ctx ||= context();
        if (agreed()) store.put(row);
      }
      if (rows[0]) arm(batchDelayMs);
    },
  };
}
