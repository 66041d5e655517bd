/** Call it at the start and whenever the page is shown or hidden. */
export declare const look: () => void;
export declare const scrolled: () => void;
/** Sends what was seen since the last report; call it before the page changes or goes. */
export declare const report: () => void;
