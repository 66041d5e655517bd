export type Props = Record<string, unknown>;
/** What `on('event')` hands over: the event as recorded, before any decision about sending it. */
export interface Recorded {
    id: string;
    event: string;
    /** Client time, ms. */
    t: number;
    /** Counts the events of this page life. */
    seq: number;
    props?: Props;
    /** Set when the page changed since it loaded. */
    url?: string;
    ref?: string;
    title?: string;
    page_type?: string;
}
/** Records an event. `reduced`: its props are known to be plain JSON that fits. */
export declare const track: (event: string, props?: Props, reduced?: unknown) => void;
/** Tells what was lost since it last did; of faults of its own only the first time. */
export declare const tell: () => void;
