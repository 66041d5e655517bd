export interface Consent {
    analytics?: boolean;
    personalization?: boolean;
    ads?: boolean;
    /** Version of the notice that was answered. */
    ver?: string;
    gpc?: boolean;
}
/**
 * The consent that holds after an answer. Under GPC a general answer ("accept all") turns on neither ads nor
 * personalization; naming the purpose alone, `{ads: true}`, does, because then the person asked for just that.
 */
export declare function merge(now: Consent, said: Consent, gpc?: boolean): Consent;
