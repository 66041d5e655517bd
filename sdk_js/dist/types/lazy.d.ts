export declare const more: (...call: [name: string, ...args: any[]]) => void;
