// React Native in Node: AsyncStorage that outlives the app, AppState and NetInfo as the phone tells them, and a real collector on HTTP.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHetk } from '../../src/native';
// @ts-ignore plain JavaScript, shared with the browser suite
import { startCollector, until } from '../collector.mjs';

/** The phone: what is on its disk, its network and what it shows outlive each run of the app. */
function phone() {
  const disk = new Map<string, string>();
  const turn = (): Promise<void> => new Promise(ok => setImmediate(ok)); // across the bridge
  let apps: ((state: string) => void)[] = [];
  let nets: ((state: { isConnected: boolean | null }) => void)[] = [];
  let dead = { now: false };
  const full = { now: false };
  return {
    disk,
    full,
    /** Starts the app anew; the run before, if any, was killed: nothing of it reaches the disk any more. */
    start(collector: any, more: object = {}) {
      dead.now = true;
      const run = (dead = { now: false });
      apps = [];
      nets = [];
      const alive = async (): Promise<void> => {
        await turn();
        if (run.now) await new Promise(() => {}); // it never comes back to an app that is gone
      };
      return createHetk({
        key: 'wk_test',
        host: collector.url,
        app: 'com.example.shop',
        locale: 'et-EE',
        platform: { OS: 'android', Version: 34 },
        storage: {
          async getItem(name) {
            await alive();
            return disk.get(name) ?? null;
          },
          async setItem(name, value) {
            await alive();
            if (full.now) throw new Error('SQLITE_FULL');
            disk.set(name, value);
          },
          async removeItem(name) {
            await alive();
            disk.delete(name);
          },
          async getAllKeys() {
            await alive();
            return [...disk.keys()];
          },
        },
        appState: {
          addEventListener(_, listener) {
            apps.push(listener);
            return { remove() {} };
          },
        },
        netInfo: {
          addEventListener(listener) {
            nets.push(listener);
            return () => {};
          },
        },
        ...more,
      });
    },
    show: (state: string) => apps.forEach(hear => hear(state)),
    online: () => nets.forEach(hear => hear({ isConnected: true })),
    kill: () => (dead.now = true),
    queued: () => [...disk.keys()].filter(name => name.includes(':q:')).length,
  };
}

let collector: any;
beforeEach(async () => (collector = await startCollector()));
afterEach(() => collector.stop().catch(() => {})); // some tests stop it themselves
const named = (name: string): any[] => collector.named(name);

test('before an answer it counts and keeps nothing on the device; a screen is a view', async () => {
  const device = phone();
  const hetk = device.start(collector);
  hetk('screen', 'Tea & cups');
  hetk('track', 'view_item', { items: [{ item_id: 'A1', price: 999 }] });
  await until(() => named('view_item')[0], 'the event');
  const [view] = named('page_view');
  expect(view.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(view.ctx).toMatchObject({ mode: 'cookieless', url: 'app://com.example.shop/Tea%20%26%20cups', title: 'Tea & cups', locale: 'et-EE' });
  expect(view.ctx.visitor).toBeUndefined();
  expect(device.disk.size).toBe(0);
});

test('the queue survives a kill of the app off the network, each event arrives once', async () => {
  const device = phone();
  let hetk = device.start(collector);
  hetk('consent', { analytics: true });
  await until(() => named('consent_changed')[0], 'the answer');
  await until(() => device.queued() === 0, 'its acknowledgement'); // cut off, it would lie on the disk with the thirty
  await collector.stop();
  for (let i = 0; i < 30; i++) hetk('track', 'seen', { i });
  await until(() => device.queued() === 30, 'the rows on the disk');
  device.kill();
  await collector.start();
  hetk = device.start(collector);
  await until(() => named('seen').length === 30, 'thirty events');
  expect(named('seen').map(e => e.props.i).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  expect(named('seen').every(e => e.times === 1)).toBe(true);
  await until(() => device.queued() === 0, 'an empty disk');
  hetk('track', 'later');
  await until(() => named('later')[0], 'the next event');
  expect(named('later')[0].ctx.visitor).toBe(named('consent_changed')[0].ctx.visitor);
});

test('off the network and back, and 503, lose nothing', async () => {
  const device = phone();
  const hetk = device.start(collector);
  hetk('track', 'first');
  await until(() => named('first')[0], 'the first');
  await collector.stop();
  for (let i = 0; i < 5; i++) hetk('track', 'offline', { i });
  hetk('flush');
  await collector.start();
  device.online();
  await until(() => named('offline').length === 5, 'five events');
  collector.faults.mode = 503;
  hetk('track', 'refused');
  await until(() => collector.books.refused, 'the refusal');
  collector.faults.mode = 'ok';
  await until(() => named('refused')[0], 'the event again');
});

test('a no purges, is remembered, and says so without an id', async () => {
  const device = phone();
  let hetk = device.start(collector);
  hetk('consent', { analytics: true });
  await until(() => named('consent_changed')[0], 'the yes');
  collector.reset();
  await collector.stop();
  hetk('track', 'doomed');
  hetk('consent', { analytics: false });
  hetk('track', 'after');
  await collector.start();
  device.online();
  const said: any = await until(() => named('consent_changed')[0], 'the no');
  expect(Object.keys(said.ctx)).toEqual(['consent']);
  expect([...device.disk.keys()]).toEqual(['hetk:wk_test']);
  expect(JSON.parse(device.disk.get('hetk:wk_test')!)).toEqual({ consent: { analytics: false } });
  device.kill();
  collector.reset();
  hetk = device.start(collector);
  hetk('track', 'next_run');
  hetk('consent', { analytics: true });
  hetk('track', 'agreed');
  await until(() => named('agreed')[0], 'what came after the yes');
  expect([named('doomed'), named('after'), named('next_run')]).toEqual([[], [], []]);
});

test('rows whose yes was lost wait for the next yes, and the old ones go', async () => {
  const device = phone();
  const hetk = device.start(collector, { consent: 'opt-in' });
  const row = (id: string): void => void device.disk.set('hetk:wk_test:q:' + id, JSON.stringify({ id, ctx: '{"mode":"first_party","visitor":"v","consent":{"analytics":true}}', ev: JSON.stringify({ id, event: 'seen', t: 1 }) }));
  const old = (Date.now() - 8 * 86_400_000).toString(16).padStart(12, '0');
  const young = (Date.now() - 86_400_000).toString(16).padStart(12, '0');
  for (const time of [old, young]) row(`${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`);
  hetk('track', 'held');
  await until(() => device.queued() === 1, 'the old row to go');
  expect(collector.books.wire).toBe(0);
  hetk('consent', { analytics: true });
  await until(() => named('seen')[0] && named('held')[0], 'the row and what was held');
  expect(named('held')[0].ctx.mode).toBe('first_party');
});

test('in the background it sends what waits, and how long it was seen', async () => {
  const device = phone();
  const hetk = device.start(collector);
  hetk('track', 'before');
  await until(() => named('before')[0], 'the event');
  const now = Date.now;
  try {
    Date.now = () => now() + 5000;
    device.show('background');
  } finally {
    Date.now = now;
  }
  await until(() => named('engagement')[0], 'the engagement');
  expect(named('engagement')[0].props.visible_ms).toBeGreaterThanOrEqual(5000);
});

test('a full disk, props that are no JSON and a collector that answers garbage cost nothing but themselves', async () => {
  const device = phone();
  const hetk = device.start(collector) as any;
  device.full.now = true;
  hetk('consent', { analytics: true });
  const ring: any = { ok: 1 };
  ring.ring = ring;
  hetk('track', 'odd', { ok: 1, ring, get bad() { throw new Error('no'); } });
  hetk('track', 5);
  hetk('nonsense');
  hetk();
  collector.faults.mode = 'garbage';
  await until(() => named('odd')[0], 'the event');
  collector.faults.mode = 'ok';
  await until(() => named('odd')[0].times > 1, 'the event again, until the collector itself takes it');
  expect(named('odd')[0].props).toEqual({ ok: 1 });
  const lost: any = await until(() => named('events_lost')[0], 'the count of what was left out');
  expect(lost.props).toEqual({ n: 2, reason: 'bad_props' });
});
