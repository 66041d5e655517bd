// Settings and limits: what a page may choose comes in, every number the tracker lives by goes out.
declare const HETK_VERSION: string;

export const LIB = 'hetk-js/' + HETK_VERSION;

export interface Options {
  /** The site's write key. */
  key: string;
  /** Where the collector is; the script tag knows: where it came from. */
  host: string;
  /** 'opt-in' holds everything in memory until `consent` is answered, 'auto' where the law asks for it. Default: cookieless counting. */
  consent?: string;
  /** 'vitals', 'clicks' (rage and dead ones) or both. */
  capture?: string;
  /** The visitor is not in the sample that /v1/config asks for. */
  skip?: boolean;
}

export const batchDelayMs = 1000;
export const untypedDelayMs = 3000; // of a page whose second file is not there yet
export const batchEventsMax = 20;
export const batchBytesMax = 25_000;
// Browsers allow 64 KiB and about ten requests in flight with keepalive; what exceeds that is refused whole.
export const keepaliveBytesMax = 60_000;
export const requestBytesMin = 7000; // a request counts as no less: so no more than eight fly
export const requestTimeoutMs = 30_000;
export const retryDoublingsMax = 6; // of a second
export const deniedPauseMs = 3_600_000; // after 401 and 403
export const deniedKeptMs = 7 * 86_400_000;
export const queueEventsMax = 2000;
export const eventCharsMax = 9000; // up to 27 KB of UTF-8; the collector takes 32 KiB an event
export const propsMax = 255; // of an event, as the collector has it
export const recordedMax = 500; // events of a page kept for what is asked for later
export const sessionIdleMs = 1_800_000;

export let site: Options;
/** Of what is stored on the device. */
export let stored: string;
export const configure = (options: Options): void => {
  site = options;
  stored = 'hetk:' + site.key;
};
