import { type Props } from '../track';
export declare const view: (props?: Props) => void;
export declare const navigated: () => unknown;
export declare const followRouters: () => void;
