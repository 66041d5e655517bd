import type { Row, Store } from './store.js';
import type { Options } from './types.js';
export type Reason = 'cap' | 'too_large' | 'rejected' | 'bad_props';
export interface Delivery {
    push(row: Row): void;
    flush(): void;
    /** Forgets all of it. */
    empty(): void;
    /** An answer came: gives what waits without a context one, and keeps it where that is agreed to. */
    answered(context: () => string): void;
}
export declare function createDelivery(options: Options, store: Store, agreed: () => boolean, lost: (reason: Reason, n: number) => void, stored: () => void): Delivery;
