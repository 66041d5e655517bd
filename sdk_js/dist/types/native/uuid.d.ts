export declare const uuid: (now: number) => string;
