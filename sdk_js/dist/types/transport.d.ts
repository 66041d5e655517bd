/** Sends soon: in a second, later while the second file may still say what kind of page it is, or off this task when a batch is full. */
export declare const nudge: () => void;
export declare const leaving = 1;
/** Sends what waits, the oldest first, as far as the budget goes. `leaving`: the page may be gone the next moment. */
export declare function flush(how?: unknown): void;
