import { type Item } from './queue.js';
export declare const token: string;
/** Lets others take over what is left here, and the browser keep the page. */
export declare const unlock: () => void;
export declare const keep: (item: Item) => void;
export declare const forget: (batch: Item[]) => void;
/** Opens the site's journal once, keeps what waits already and takes over what tabs that are gone left behind. */
export declare function openJournal(): void;
/** A page that never opened the journal may still find one: of a yes that died with the browser. */
export declare function purge(): void;
