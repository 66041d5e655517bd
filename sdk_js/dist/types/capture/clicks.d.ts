export declare const clicked: (e: MouseEvent) => void;
