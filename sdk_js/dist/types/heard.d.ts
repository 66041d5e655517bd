/** [name, ...what]; its `push` is replaced by the second file. */
export declare const heard: [name: string, ...what: any[]][];
export declare const hear: (...what: [name: string, ...what: any[]]) => unknown;
