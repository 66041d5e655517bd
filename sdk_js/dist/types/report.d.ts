/** The reasons an event can be lost for (`events_lost`), or `error: ` and what the SDK itself threw. */
export type Reason = 'cap' | 'too_large' | 'rejected' | 'bad_props' | `error: ${string}`;
/** What has not been told yet. */
export declare const problems: Record<string, number>;
/** Counts losses and faults by their reason. */
export declare const lost: (reason: Reason, n?: number) => unknown;
/** The function with its exceptions counted instead of thrown: everything the page or the browser calls is wrapped. */
export declare const guard: <A extends any[]>(fn: (...args: A) => unknown) => (...args: A) => any;
