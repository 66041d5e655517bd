// Whether the data can be trusted: the books of each day, what was refused and why, bots, odd hours, consent.
import { rows, usePage, type Row } from '../api';
import { Bar } from '../parts/bar';
import { List } from '../parts/list';
import { Questions } from '../parts/question';
import { Table } from '../parts/table';
import { Tile } from '../parts/tile';
import { day, number, share, t, utc } from '../words';
import type { Props } from './tiled';

export function Quality({ site, sites, query }: Props) {
  const asked = usePage(['quality_days', 'rejected', 'bots', 'consents', 'hours_odd'], query);
  const tiles = asked.answer?.tiles;
  const days = rows(tiles?.quality_days);
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} />
      <h1 class="title">{t('page.quality')} <small>{t('note.quality')}</small></h1>
      <div class="grid">
        <Tile class="full" title={t('books')} note={t('note.books')} asked={asked} name="quality_days" empty={!days.length}>
          <Verdict days={days} />
          <Table columns={[t('day'), ...BOOKS.map((name) => t(`book.${name}`))]} rows={days.map((row) => [day(utc(row.day)), ...BOOKS.map((name) => row[name])])} />
        </Tile>
        <Tile title={t('rejected')} note={t('note.events')} asked={asked} name="rejected">
          {tiles?.rejected?.rows.length ? <List filter={null} lines={rows(tiles.rejected).map((row) => ({ name: row.name.replaceAll('_', ' '), value: row.events, second: row.status === 'rejected' ? '' : row.status }))} /> : <p class="change better">{t('none_rejected')}</p>}
        </Tile>
        <Tile title={t('bots')} note={t('note.events')} asked={asked} name="bots">
          {tiles?.bots?.rows.length ? <List filter={null} lines={rows(tiles.bots).map((row) => ({ name: (row.name ?? '').replaceAll('_', ' '), value: row.events }))} /> : <p class="quiet">{t('none_bots')}</p>}
        </Tile>
        <Tile title={t('consents')} note={t('note.consents')} asked={asked} name="consents" chart empty={!tiles?.consents?.rows.length}>
          <List filter={null} lines={rows(tiles?.consents).map((row) => ({ name: `${t(`purpose.${row.purpose}`)}${row.jurisdiction ? `, ${row.jurisdiction}` : ''}`, value: row.yes + row.refused, second: share(row.yes / (row.yes + row.refused || 1), 0) }))} />
        </Tile>
        {!!tiles?.hours_odd?.rows.length && (
          <Tile class="half" title={t('hours_odd')} note={t('note.hours_odd')} asked={asked} name="hours_odd">
            <List filter={null} lines={rows(tiles.hours_odd).map((row) => ({ name: day(utc(row.hour), { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }), value: row.n, second: t('usual', { count: row.usual }) }))} />
          </Tile>
        )}
      </div>
      <h2 class="title below">{t('more_questions')} <small>{t('all_days')}</small></h2>
      <Questions names={['names_drifting', 'shown_without_consent', 'intent_fairness']} />
    </>
  );
}

const BOOKS = ['received', 'stored', 'duplicate', 'rejected', 'balance', 'bots', 'late', 'clamped', 'off_plan', 'delay_p99_s'];

/** The books in one sentence. */
function Verdict({ days }: { days: Row[] }) {
  const missing = days.reduce((sum, row) => sum + Math.abs(row.balance ?? 0), 0);
  const received = days.reduce((sum, row) => sum + (row.received ?? 0), 0);
  if (!received) return null;
  return <p class={`verdict change ${missing ? 'worse' : 'better'}`}>{missing ? t('books_miss', { n: missing }) : t('books_balance', { count: number(received) })}</p>;
}
