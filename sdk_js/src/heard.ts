// Calls, events and DOM events that the second file makes sense of come in; until it is there they wait.

import { recordedMax } from './config';

/** [name, ...what]; its `push` is replaced by the second file. */
export const heard: [name: string, ...what: any[]][] = [];

// A page whose second file is blocked holds on to no more than these.
export const hear = (...what: [name: string, ...what: any[]]): unknown => heard[recordedMax] || heard.push(what);
