/** The counts since they were last taken. */
export declare let problems: Record<string, number> | undefined;
export declare const taken: () => unknown;
/** Counts a loss or a fault by its reason. */
export declare const lost: (reason: string, n?: number) => unknown;
/** The function with its exceptions counted instead of thrown: everything the page or the browser calls is wrapped. */
export declare const guard: <A extends any[]>(fn: (...args: A) => unknown) => (...args: A) => any;
