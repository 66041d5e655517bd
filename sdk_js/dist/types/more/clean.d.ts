/** A key whose value cannot be told (a function, a cycle, a throwing getter) or no longer fits is left out. */
export declare const clean: (props: any, dropped: () => void) => Record<string, unknown>;
