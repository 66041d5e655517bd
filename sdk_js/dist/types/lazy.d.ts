export declare const load: () => void;
