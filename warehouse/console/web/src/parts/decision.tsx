// What was decided for a visit, in words: shown or held back and why, why not the others; what became of it.
import { because, reason } from '../act';
import { may } from '../me';
import { link } from '../state';
import type { Row } from '../api';
import { t } from '../words';

const WORD: Record<string, string> = { decision_shown: 'decided.shown', decision_clicked: 'decided.clicked', decision_explained: 'decided.explained' };

/** Of a step whose `decision` is known (warehouse/story_decisions.py). */
export function Decision({ step, site }: { step: Row; site: string }) {
  const { decision, event } = step;
  if (event === 'decision_suppressed') return <span>{t('decided.not', { name: decision.place ?? '' })} <Others list={decision.reasons} site={site} /></span>;
  const name = <Campaign id={decision.action} site={site} />;
  if (event !== 'decision') {
    const [before, after] = t(WORD[event] ?? `decided.${step.how ?? 'close'}`, { name: '\u0000' }).split('\u0000');
    return <span>{before}{name}{after}</span>;
  }
  const [before, after] = t(decision.chosen ? 'decided.show' : decision.holdout ? 'decided.held' : 'decided.not', { name: '\u0000' }).split('\u0000');
  return (
    <span>
      {before}{name}{after} <small>{decision.place}</small>
      {decision.why?.length > 0 && <> – {t('decided.because')} {decision.why.map(because).join('; ')}</>}
      {decision.reasons.length > 0 && <small class="others">{t('decided.others')} <Others list={decision.reasons} site={site} /></small>}
    </span>
  );
}

function Others({ list, site }: { list: [campaign: string, code: string][]; site: string }) {
  return <>{list.map(([id, code], i) => <>{i > 0 && ', '}<Campaign id={id} site={site} /> ({reason(code)})</>)}</>;
}

function Campaign({ id, site }: { id: string | null; site: string }) {
  return may('analyst') && id ? <a class="link" href={link('campaigns', new URLSearchParams({ site, campaign: id }))}><bdi>{id}</bdi></a> : <bdi>{id}</bdi>;
}
