import { type Props } from './track.js';
/** What the page changed against the context since it loaded. */
export declare let moved: {
    url?: string;
    ref?: string;
    title?: string;
    page_type?: string;
};
/** What the page tracks in the task of a navigation belongs to the new address. */
export declare const catchUp: () => unknown;
export declare const view: (props?: Props) => void;
export declare const navigated: () => unknown;
