export interface Config {
    /** Share of visitors to record. */
    sample?: number;
    consent?: {
        default?: {
            before?: string;
        };
        jurisdictions?: Record<string, {
            before: string;
            countries: string[];
            zones: string[];
        }>;
    };
    [rules: string]: any;
}
/** The device's time zone by name. Intl loads calendars for it, some 20 ms; Temporal knows it. */
export declare const zone: () => string;
/** True when the site's owner or the law of the place asks for an answer first. The time zone names the place, else the locale. */
export declare function asksFirst({ consent }: Config, zone: string, locale: string): boolean;
