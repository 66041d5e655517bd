// Events of people who agreed, kept on the device until the collector has them. Events come in, survivors of dead tabs go out.
// One IndexedDB per site. Its relaxed durability, every engine's default, survives the death of the browser (not of the machine) at
// a tenth of a millisecond. Before consent, and where storage is denied or full, every call does nothing and the queue lives in memory.
import { stored } from './config';
import { type Item, items, push } from './queue';
import { nudge } from './transport';
import { uuid } from './uuid';

let opening: IDBOpenDBRequest | undefined;
// A page holds a Web Lock of this name while events of it wait: a token whose lock is free belongs to a dead tab. No longer than
// that, because Firefox keeps no page that holds one for the back button.
export const token = uuid(Date.now());
let release: (() => void) | void;

const write = (work: (store: IDBObjectStore) => unknown): void => {
  try {
    const store = opening!.result.transaction('q', 'readwrite').objectStore('q');
    // Committed at once, unless it goes on: a transaction left open by a page in the back/forward cache would throw it out of there.
    work(store) || store.transaction.commit();
  } catch {} // no consent, not open yet, closed: the queue has it
};

const lock = (): void => {
  if (release) return;
  // Made before the lock is granted: a page that leaves at once lets go of a lock it has yet to get.
  const held = new Promise<void>(done => (release = done));
  navigator.locks?.request(token, () => held).catch(() => {});
};

/** Lets others take over what is left here, and the browser keep the page. */
export const unlock = (): void => {
  release = release?.();
};

export const keep = (item: Item): void => write(store => {
  lock();
  store.put(item);
});

export const forget = (batch: Item[]): void => write(store => batch.forEach(item => store.delete(item.id)));

/** Opens the site's journal once, keeps what waits already and takes over what tabs that are gone left behind. */
export function openJournal(): void {
  if (opening) return;
  const request = (opening = indexedDB.open(stored));
  request.onupgradeneeded = () => request.result.createObjectStore('q', { keyPath: 'id' });
  request.onsuccess = async () => {
    request.result.onversionchange = request.result.close; // somebody purges: do not stand in the way
    items.forEach(item => item.ctx && keep(item));
    const locks: any = await navigator.locks?.query().catch(() => {}); // Firefox has none for third-party frames
    write(store => (store.getAll().onsuccess = (e: any) => {
      e.target.result.forEach((item: Item) => {
        // Younger tokens are left alone: their locks may not have been in that list yet.
        if (item.token < token && !locks?.held.some((l: LockInfo) => l.name == item.token)) {
          item.token = token;
          lock();
          store.put(item);
          push(item);
          nudge();
        }
      });
    }));
  };
}

/** A page that never opened the journal may still find one: of a yes that died with the browser. */
export function purge(): void {
  unlock();
  opening = undefined;
  indexedDB.deleteDatabase(stored);
}
