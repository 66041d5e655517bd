/** Call it with each view: a results page is a search. */
export declare const searched: () => void;
export declare const submitted: (e: any) => void;
