export interface Item {
    id: string;
    /** The batch context this event belongs to, as JSON: events with equal context may share a batch. '' = not yet known. */
    ctx: string;
    /** The event as it goes over the wire, as JSON. */
    ev: string;
    /** The page it waits on, see journal.ts. */
    token: string;
    /** Refused by a wrong setting: not to be tried before, ms. */
    till?: number;
}
/** What is in flight is not in it: it may arrive, and is not dropped for the newest. */
export declare let items: Item[];
export declare const push: (item: Item) => void;
export declare const empty: () => unknown;
