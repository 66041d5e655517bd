// A database's name comes in, a way to change what the device remembers of its decisions goes out: in one transaction, so that
// tabs never count past each other. Without consent to storage it lives as long as the document. A page that is left at once takes
// its transaction with it: what a person answered is noted in localStorage too, in the same instant, until it is kept.
import { settle } from './state';
import type { State } from './types';

/** `work` changes the state; what it returns is handed on once that is kept, nothing means: leave it as it was. `answered` holds what a
 * person has just answered. */
export type Change = <T>(work: (state: State, now: number) => T | undefined | null | void, answered?: State) => Promise<T | undefined | null | void>;

export function keeper(name: string, agreed: () => unknown): Change {
  let memory: State | undefined;
  let opening: Promise<IDBDatabase> | undefined;
  return async (work, answered) => {
    const now = Date.now();
    if (!agreed()) return work((memory = settle(memory, now)), now);
    let noted: string | undefined;
    let later: unknown;
    try {
      if (answered) localStorage[name] = JSON.stringify(answered);
      later = JSON.parse((noted = localStorage[name])!);
    } catch {} // nothing is noted, or nothing can be
    opening ||= new Promise((done, failed) => {
      const request = indexedDB.open(name);
      request.onupgradeneeded = () => request.result.createObjectStore('s');
      request.onerror = failed;
      request.onsuccess = () => {
        request.result.onversionchange = request.result.close; // consent is withdrawn: do not stand in the way
        done(request.result);
      };
    });
    const transaction = (await opening).transaction('s', 'readwrite');
    const store = transaction.objectStore('s');
    return new Promise(done => {
      let found: any;
      store.get(0).onsuccess = (e: any) => {
        const state = settle(e.target.result, now, later);
        found = work(state, now);
        if (found) store.put(state, 0);
      };
      transaction.oncomplete = () => {
        done(found);
        if (found && localStorage[name] == noted) delete localStorage[name];
      };
    });
  };
}
