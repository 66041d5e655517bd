// Events of people who agreed, kept on the device until the collector has them: a row for each, so that writing one costs one.
import type { Storage } from './types';

export interface Row {
  id: string;
  /** The batch context as JSON; '' while an opt-in app waits for the answer. */
  ctx: string;
  ev: string;
  /** Refused by a wrong setting: not to be tried before, ms. */
  till?: number;
}

export interface Store {
  put(row: Row): void;
  remove(rows: Row[]): void;
  /** Everything of earlier runs, the oldest first. */
  rows(): Promise<Row[]>;
  clear(): Promise<void>;
  /** Resolves when what was asked for so far is done, well or not. */
  settled(): Promise<void>;
}

/** Storage that fails costs the copy on the device, never the event: it waits in memory all the same. */
export function createStore(storage: Storage, name: string): Store {
  const prefix = name + ':q:';
  let last: Promise<unknown> = Promise.resolve();
  // One after the other: a removal must not overtake the write of the same row.
  const then = <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const done = last.then(work).catch(() => undefined);
    last = done;
    return done;
  };
  const mine = async (): Promise<string[]> => (await storage.getAllKeys()).filter(key => key.startsWith(prefix)).sort();
  return {
    put: row => void then(() => storage.setItem(prefix + row.id, JSON.stringify(row))),
    remove: rows => void then(() => Promise.all(rows.map(row => storage.removeItem(prefix + row.id)))),
    rows: async () =>
      (await then(async () => {
        const texts = await Promise.all((await mine()).map(key => storage.getItem(key)));
        return texts.flatMap(text => {
          try {
            return text ? [JSON.parse(text) as Row] : [];
          } catch {
            return []; // cut short by the death of the app
          }
        });
      })) || [],
    clear: async () => {
      await then(async () => Promise.all((await mine()).map(key => storage.removeItem(key))));
    },
    settled: async () => {
      await last;
    },
  };
}
