import { t } from '../words';

export const INTENTS = ['know', 'go', 'do', 'buy'] as const;

/** An intent always has its word beside its colour. */
export function Intent({ name }: { name: string | null }) {
  return name ? <span class={`intent ${name}`}>{t(`intent.${name}`)}</span> : null;
}
