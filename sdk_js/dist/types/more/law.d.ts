export interface Config {
    /** Share of visitors to record. */
    sampling?: number;
    consent?: {
        before?: string;
        jurisdictions?: Record<string, {
            before: string;
            countries: string[];
            zones: string[];
        }>;
    };
    [rules: string]: any;
}
/** True when the site's owner or the law of the place asks for an answer first. The time zone names the place, else the locale. */
export declare function asksFirst({ consent }: Config, zone: string, locale: string): boolean;
