import type { Storage } from './types.js';
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
export declare function createStore(storage: Storage, name: string): Store;
