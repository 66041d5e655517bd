// The name of a journal whose yes nobody remembers comes in: it waits seven days for another yes, then it goes. What was decided
// on the page (src/act/kept.ts) goes at once, also at a no, when the core itself takes the journal away (`journalToo` false).
const waitsMs = 7 * 86_400_000;

export async function sweep(name: string, journalToo: boolean): Promise<void> {
  const act = name.replace(':', ':act:');
  delete localStorage[act];
  indexedDB.deleteDatabase(act);
  // Asked first: opening a database makes it, and nothing is stored before consent.
  const known = await indexedDB.databases?.();
  if (!journalToo || !known?.some(database => database.name == name)) return;
  const request = indexedDB.open(name);
  request.onsuccess = () => {
    const database = request.result;
    database.onversionchange = database.close;
    // The keys are ids, and ids begin with their time.
    const oldest = (Date.now() - waitsMs).toString(16).padStart(12, '0').replace(/.{8}/, '$&-');
    const store = database.transaction('q', 'readwrite').objectStore('q');
    store.delete(IDBKeyRange.upperBound(oldest));
    store.count().onsuccess = (e: any) => {
      database.close();
      if (!e.target.result) indexedDB.deleteDatabase(name);
    };
  };
}
