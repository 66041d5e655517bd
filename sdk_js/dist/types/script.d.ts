import { type Hetk } from './hetk.js';
declare global {
    var hetk: Hetk;
}
