export declare const LIB: string;
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
export declare const batchDelayMs = 1000;
export declare const untypedDelayMs = 3000;
export declare const batchEventsMax = 20;
export declare const batchBytesMax = 25000;
export declare const keepaliveBytesMax = 60000;
export declare const requestBytesMin = 7000;
export declare const requestTimeoutMs = 30000;
export declare const retryDoublingsMax = 6;
export declare const deniedPauseMs = 3600000;
export declare const deniedKeptMs: number;
export declare const queueEventsMax = 2000;
export declare const eventCharsMax = 9000;
export declare const propsMax = 255;
export declare const recordedMax = 500;
export declare const sessionIdleMs = 1800000;
export declare let site: Options;
/** Of what is stored on the device. */
export declare let stored: string;
export declare const configure: (options: Options) => void;
