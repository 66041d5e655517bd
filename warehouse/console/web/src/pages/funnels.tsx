// A funnel built by clicking on events, step after step; the steps stand in the address.
import { type Answer, type Row, useGet } from '../api';
import { Questions } from '../parts/question';
import { Icon } from '../parts/icons';
import { change } from '../state';
import { number, share, t } from '../words';
import type { Props } from './tiled';

const USUAL = 'view_item,add_to_cart,purchase';
const STEPS_MAX = 8;

const table = (answer: Answer | undefined): Row[] => (answer?.rows ?? []).map((row) => Object.fromEntries(answer!.columns.map((name, i) => [name, row[i]])));

export function Funnels({ site, query }: Props) {
  const steps = (query.get('steps') ?? USUAL).split(',').filter(Boolean);
  const days = query.get('days') ?? '7';
  const set = (list: string[]) => change((q) => q.set('steps', list.join(',')));
  const events = table(useGet<Answer>('ask/events_by_name', new URLSearchParams({ site: site.name })).answer);
  const asked = useGet<Answer>('ask/funnel_of', new URLSearchParams({ site: site.name, steps: steps.join(','), days }));
  const found = table(asked.answer);
  return (
    <>
      <h1 class="title">{t('page.funnels')}</h1>
      <section class="tile funnel" aria-label={t('funnel')} aria-busy={asked.loading}>
        <header>
          <h2>{t('funnel')}</h2>
          <small>{t('note.funnel')}</small>
          <label class="tools">{t('within_days')} <input class="field short" type="number" min="1" max="365" value={days} onChange={(event) => change((q) => q.set('days', event.currentTarget.value || '7'))} /></label>
        </header>
        {asked.error && <p class="failed" role="alert">{t('failed')} <code>{asked.error}</code></p>}
        <ol>
          {steps.map((step, i) => {
            const row = found.find((one) => one.step === i + 1 && one.event === step);
            return (
              <li key={`${i}${step}`}>
                <span class="bar" style={{ width: `${(row?.share ?? 0) * 100}%` }} />
                <b>{i + 1}</b> <span class="name"><bdi>{step}</bdi></span>
                {row && i > 0 && <small>{t('kept', { text: share(row.kept ?? 0) })}</small>}
                <b>{row ? number(row.people) : '\u2013'}</b>
                <button aria-label={t('take_away', { text: step })} onClick={() => set(steps.filter((_, k) => k !== i))}><Icon name="close" size={14} /></button>
              </li>
            );
          })}
        </ol>
        <p class="offer">
          <small>{t('add_step')}</small>
          {events.map((one) => <button class="chip" disabled={steps.length >= STEPS_MAX} onClick={() => set([...steps, one.event])}><Icon name="plus" size={12} /> <bdi>{one.event}</bdi> <small>{number(one.events)}</small></button>)}
        </p>
      </section>
      <h2 class="title">{t('retention')} <small>{t('all_days')}</small></h2>
      <Questions names={['retention', 'after_know', 'orders_by_age', 'abandonment']} />
    </>
  );
}
