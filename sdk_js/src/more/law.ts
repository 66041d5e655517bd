// What /v1/config says and where the device is come in; whether events may go before the person answered goes out.

export interface Config {
  /** Share of visitors to record. */
  sample?: number;
  consent?: { default?: { before?: string }; jurisdictions?: Record<string, { before: string; countries: string[]; zones: string[] }> };
  [rules: string]: any;
}

/** The device's time zone by name. Intl loads calendars for it, some 20 ms; Temporal knows it. */
export const zone = (): string => (window as any).Temporal?.Now?.timeZoneId() || Intl.DateTimeFormat().resolvedOptions().timeZone;

/** True when the site's owner or the law of the place asks for an answer first. The time zone names the place, else the locale. */
export function asksFirst({ consent = {} }: Config, zone: string, locale: string): boolean {
  const laws = Object.values(consent.jurisdictions || {});
  const country = locale.split('-').find(part => /^[A-Z]{2}$/.test(part)) || '';
  const law = laws.find(l => l.zones.some(z => z == zone || (/\/$/.test(z) && zone.startsWith(z)))) || laws.find(l => l.countries.includes(country));
  return [consent.default?.before, law?.before].includes('opt_in');
}
