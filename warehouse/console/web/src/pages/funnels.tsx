// A funnel built by clicking on events, step after step; who comes back. Steps, days and unit stand in the address.
import { type Answer, type Row, rows, useGet, usePage } from '../api';
import { Bar } from '../parts/bar';
import { Cohorts } from '../parts/cohorts';
import { Icon } from '../parts/icons';
import { Questions } from '../parts/question';
import { Tile } from '../parts/tile';
import { change } from '../state';
import { has, number, share, t } from '../words';
import { Names } from './overview';
import type { Props } from './tiled';

const USUAL = 'view_item,add_to_cart,purchase';
const STEPS_MAX = 8;
const UNITS = ['day', 'week', 'month'];

const event = (name: string): string => (has(`event.${name}`) ? t(`event.${name}`) : name.replaceAll('_', ' '));

export function Funnels({ site, sites, query }: Props) {
  const steps = (query.get('steps') ?? USUAL).split(',').filter(Boolean);
  const within = query.get('within') ?? '7';
  const unit = UNITS.find((one) => one === query.get('unit')) ?? 'week';
  const asked = usePage(['channels', 'devices', 'countries', 'languages'], query);
  const built = usePage(['funnel', 'retention'], query, { steps: steps.join(','), within, unit });
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} />
      <h1 class="title">{t('page.funnels')}</h1>
      <div class="grid">
        <Tile class="wide funnel" title={t('funnel')} note={t('note.funnel')} asked={built} name="funnel" chart>
          <label class="within">{t('within_days')} <input class="field short" type="number" min="1" max="365" value={within} onChange={(e) => change((q) => q.set('within', String(Math.min(365, Math.max(1, Number(e.currentTarget.value) || 7)))))} /></label>
          <Steps steps={steps} found={rows(built.answer?.tiles.funnel)} />
          <Offers site={site.name} steps={steps} />
        </Tile>
        <Names asked={asked} name="channels" filter="channel" />
        <Names asked={asked} name="devices" filter="device_type" />
        <Names asked={asked} name="countries" filter="country" />
        <Names asked={asked} name="languages" filter="lang" />
        <Tile class="full" title={t('retention')} note={t('note.retention')} asked={built} name="retention" chart empty={!built.answer?.tiles.retention?.rows.length}>
          <p class="choices" role="group" aria-label={t('unit')}>
            {UNITS.map((one) => <button class="chip" aria-pressed={one === unit} onClick={() => change((q) => q.set('unit', one))}>{t(`unit.${one}`)}</button>)}
          </p>
          <Cohorts list={rows(built.answer?.tiles.retention)} unit={unit} />
        </Tile>
      </div>
      <h2 class="title below">{t('more_questions')} <small>{t('all_days')}</small></h2>
      <Questions names={['after_know', 'orders_by_age']} />
    </>
  );
}

const set = (list: string[]) => change((q) => q.set('steps', list.join(',')));

function Steps({ steps, found }: { steps: string[]; found: Row[] }) {
  const swap = (i: number) => set(steps.map((step, k) => (k === i - 1 ? steps[i]! : k === i ? steps[i - 1]! : step)));
  return (
    <ol>
      {steps.map((step, i) => {
        const row = found.find((one) => one.step === i + 1 && one.event === step);
        return (
          <li key={`${i}${step}`}>
            <span class="bar" style={{ width: `${(row?.share ?? 0) * 100}%` }} />
            <b>{number(i + 1)}</b> <span class="name"><bdi>{event(step)}</bdi></span>
            {row && i > 0 && <small class="kept">{t('kept', { text: share(row.kept ?? 0) })}</small>}
            <b>{row ? number(row.people) : '\u2013'}</b>
            {i > 0 && <button class="up" aria-label={t('step_up', { text: event(step) })} onClick={() => swap(i)}><Icon name="up" size={14} /></button>}
            {steps.length > 1 && <button aria-label={t('step_away', { text: event(step) })} onClick={() => set(steps.filter((_, k) => k !== i))}><Icon name="close" size={14} /></button>}
          </li>
        );
      })}
    </ol>
  );
}

function Offers({ site, steps }: { site: string; steps: string[] }) {
  const asked = useGet<Answer>('ask/events_by_name', new URLSearchParams({ site }));
  return (
    <p class="offer">
      <small>{t('add_step')}</small>
      {(asked.answer?.rows ?? []).map(([name, events]) => (
        <button class="chip" disabled={steps.length >= STEPS_MAX} onClick={() => set([...steps, String(name)])} title={String(name)}><Icon name="plus" size={12} /> <bdi>{event(String(name))}</bdi> <small>{number(Number(events))}</small></button>
      ))}
    </p>
  );
}
