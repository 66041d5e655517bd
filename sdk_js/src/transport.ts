// Queued events come in, batches go to the collector; what it did not take returns to the queue.
import { LIB, batchBytesMax, batchDelayMs, batchEventsMax, deniedKeptMs, deniedPauseMs, keepaliveBytesMax, requestBytesMin, requestTimeoutMs, retryDoublingsMax, site, untypedDelayMs } from './config';
import { heard } from './heard';
import { forget, keep, unlock } from './journal';
import { toJson } from './json';
import { context } from './person';
import { type Item, items } from './queue';
import { guard, lost } from './report';
import { tell } from './track';
import { uuid } from './uuid';

let timer: any;
let flying = 0; // bytes sent and not answered yet
let failures = 0;
let bytesMax = batchBytesMax;
const beacon = (url: string, { body }: { body: string }): boolean => navigator.sendBeacon(url, body);
// Taken now: a page may replace them later.
const { fetch, fetchLater = beacon } = globalThis as any;

const arm = (ms?: number): void => {
  clearTimeout(timer);
  timer = setTimeout(flush, ms);
};

/** Sends soon: in a second, later while the second file may still say what kind of page it is, or off this task when a batch is full. */
export const nudge = (): void => {
  if (items.length == batchEventsMax && !failures) arm();
  else if (!timer) arm(heard[0] ? untypedDelayMs : batchDelayMs);
};

export const leaving = 1;

/** Sends what waits, the oldest first, as far as the budget goes. `leaving`: the page may be gone the next moment. */
export function flush(how?: unknown): void {
  timer = clearTimeout(timer);
  const now = Date.now();
  // Events from before an answer get the context the answer made.
  items.forEach(item => (item.ctx ||= context(now)));
  while (items[0]?.ctx) {
    // A wrong setting refuses all alike: what was refused stands first, and the others behind it.
    if (items[0].till! > now) return arm(items[0].till! - now);
    let n = 0;
    let size = 0;
    do size += new TextEncoder().encode(items[n++].ev).length; // a Blob would be a message to another process
    while (size < bytesMax && n < batchEventsMax * 2 && items[n]?.ctx == items[0].ctx);
    size = Math.max(size, requestBytesMin);
    const keepalive = flying + size < keepaliveBytesMax;
    if (!keepalive && how != leaving) return;
    send(items.splice(0, n), size, keepalive);
  }
}

const send = (batch: Item[], size: number, keepalive: boolean): void => {
  const queue = items; // another one after a refusal: then nothing returns to it
  const url = site.host + '/v1/events';
  const now = Date.now();
  const head = toJson({ v: 1, key: site.key, lib: LIB, sent: now, deferred: !keepalive || undefined }).slice(0, -1);
  const request = { method: 'POST', body: `${head},"ctx":${batch[0].ctx},"events":[${batch.map(item => item.ev)}]}` };
  // Over the budget and leaving: the browser sends it later and tells nobody. The journal, if any, keeps its copy.
  if (!keepalive && guard(fetchLater)(url, request)) return;
  const done = guard(({ status, headers }: any, accepted?: unknown) => {
    flying -= size;
    const stored = accepted === +(accepted as any);
    // One wrong setting must not cost what devices hold: kept, and seldom tried.
    const denied = /^40[13]/.test(status) && batch.slice(-1)[0].id > uuid(now - deniedKeptMs);
    const kept = !stored && (denied || (status == 413 ? batch[1] : !/^4(?!08|29)/.test(status)));
    if (kept) queue.unshift(...batch);
    else forget(batch);
    if (stored) {
      failures = 0;
      tell();
    } else if (denied) batch.forEach(item => {
      item.till = now + deniedPauseMs;
      keep(item);
    });
    else if (!kept) lost(status == 413 ? 'too_large' : 'rejected', batch.length);
    else if (status == 413) bytesMax = request.body.length / 3;
    // A wave of failures is one failure: its last one sets the time.
    else return flying || arm(1000 * headers?.get('retry-after') || (1 + Math.random()) * 500 * 2 ** Math.min(failures++, retryDoublingsMax));
    if (items[0]) nudge();
    else if (!flying) unlock();
  });
  flying += size;
  try {
    // Only the collector's own answer says that it has them: a proxy's 200 does not.
    fetch(url, { ...request, keepalive, credentials: 'omit', signal: (AbortSignal as any).timeout?.(requestTimeoutMs) })
      .then(async (answer: any) => done(answer, answer.ok && (await answer.json()).accepted))
      .catch(done);
  } catch {
    // A page whose fetch throws still has beacons; the browser taking it is all the word there is.
    done({}, +beacon(url, request) || undefined);
  }
};
