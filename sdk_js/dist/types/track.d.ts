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
}
/** The page's first events as JSON, for what is asked for later; its `push` is replaced by who wants to hear those to come. */
export declare const past: string[];
/** Ids of what was not to be sent. */
export declare const refused: string[];
/** What the last view changed against the context. */
export declare const moved: {
    url?: string;
    ref?: string;
    title?: string;
};
/** Records an event. `reduced`: its props are known to be plain JSON that fits. */
export declare const track: (event: string, props?: Props, reduced?: unknown) => void;
export declare const flush: (how?: unknown) => void;
