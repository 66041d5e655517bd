// The person's answers and the GPC signal come in, the consent that holds goes out.

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
export function merge(now: Consent, said: Consent, gpc?: boolean): Consent {
  const general = gpc && said.analytics;
  const next: Consent = { ...now, ver: said.ver || now.ver, gpc };
  for (const p of ['analytics', 'personalization', 'ads'] as const) {
    // Only `true` is a yes: 'denied' is a string, and truthy.
    if (p in said || general) next[p] = said[p] === true && (!general || p == 'analytics' || !!(now.gpc && now[p]));
  }
  return next;
}
