/** `@react-native-async-storage/async-storage`, or anything that keeps strings. */
export interface Storage {
    getItem(name: string): Promise<string | null>;
    setItem(name: string, value: string): Promise<unknown>;
    removeItem(name: string): Promise<unknown>;
    getAllKeys(): Promise<readonly string[]>;
}
/** `AppState` of react-native. */
export interface AppStateLike {
    addEventListener(type: 'change', listener: (state: any) => void): {
        remove(): void;
    };
}
/** `@react-native-community/netinfo`. */
export interface NetInfoLike {
    addEventListener(listener: (state: {
        isConnected: boolean | null;
    }) => void): () => void;
}
/** `Platform` of react-native. */
export interface PlatformLike {
    readonly OS: string;
    readonly Version: string | number;
}
export interface Options {
    /** The site's write key. */
    key: string;
    /** Where the collector is. */
    host: string;
    /** The app's id, such as `com.example.shop`: screens get addresses `app://com.example.shop/Cart`. */
    app: string;
    storage: Storage;
    appState: AppStateLike;
    /** Without it what waits is tried again after a pause, and when the app comes back. */
    netInfo?: NetInfoLike;
    platform?: PlatformLike;
    /** 'opt-in' holds everything in memory until `consent` is answered. Default: cookieless counting. */
    consent?: 'opt-in';
    /** The language of the app, such as `et-EE`. */
    locale?: string;
}
