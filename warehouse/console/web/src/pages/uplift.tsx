// What campaigns change: the people who may see one against those it is held back from, with the verdict in words.
import { useState } from 'preact/hooks';
import { eventWords, reason } from '../act';
import { rows, usePage, type Row } from '../api';
import { may } from '../me';
import { Bar } from '../parts/bar';
import { Interval, points, scaleOf, type Range } from '../parts/interval';
import { List } from '../parts/list';
import { Tile } from '../parts/tile';
import { label, number, share, t } from '../words';
import { address } from './campaigns';
import type { Props } from './tiled';

const NAMES = ['uplift', 'suppressed', 'decided_by_lang', 'campaign_figures'];
const LEAST = 100; // on a side: fewer tell nothing (models/60_marts/actions.sql)
const KEYS: Record<string, string> = { helps: 'helps', harms: 'harms', 'not known yet': 'unknown', 'too few': 'few' };
const LINES = 12;

export function Uplift({ site, sites, query }: Props) {
  const asked = usePage(NAMES, query);
  const tiles = asked.answer?.tiles;
  const found = rows(tiles?.uplift);
  const langs = rows(tiles?.decided_by_lang);
  const figures = rows(tiles?.campaign_figures);
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} />
      <h1 class="title">{t('page.uplift')}</h1>
      <div class="grid">
        <Tile class="full" title={t('page.uplift')} note={t('note.uplift')} asked={asked} name="uplift" chart>
          {found.length ? <Campaigns list={found} query={query} /> : <p class="empty">{t('uplift_none')}</p>}
        </Tile>
        <Tile title={t('suppressed_why')} note={t('note.suppressed')} asked={asked} name="suppressed" chart>
          <Suppressed list={rows(tiles?.suppressed)} />
        </Tile>
        <Tile title={t('by_language')} note={t('note.by_language')} asked={asked} name="decided_by_lang" chart empty={!langs.length}>
          {!langs.some((row) => row.biased) && <p class="verdict change better">{t('langs_even')}</p>}
          <List filter={null} lines={langs.map((row) => ({ name: label('lang', row.name), value: row.share, shown: share(row.share, 0), worse: row.biased, second: [row.biased && t('lang_biased'), number(row.asked)].filter(Boolean).join(' · ') }))} />
        </Tile>
        <Tile title={t('became')} note={t('note.became')} asked={asked} name="campaign_figures" chart empty={!figures.length}>
          <List filter={null} lines={figures.map((row) => ({ name: row.name, value: row.shown, second: share(row.shown ? row.clicked / row.shown : 0) }))} />
        </Tile>
      </div>
    </>
  );
}

const rangeOf = (row: Row): Range => ({ low: row.low, at: row.difference, high: row.high });
/** One side may be empty yet. */
const isDrawn = (row: Row): boolean => row.low !== null && row.high !== null;

function Campaigns({ list, query }: { list: Row[]; query: URLSearchParams }) {
  const scale = scaleOf(list.filter(isDrawn).map(rangeOf));
  return <ul class="uplifts">{list.map((row) => <One key={row.name} row={row} scale={scale} query={query} />)}</ul>;
}

function One({ row, scale, query }: { row: Row; scale: [number, number]; query: URLSearchParams }) {
  const key = KEYS[row.verdict]!;
  const low = points(row.low ?? 0);
  const said = t('uplift_points', { text: points(row.difference ?? 0), low, high: points(row.high ?? 0) });
  const percent = (value: number | null) => (value === null ? '\u2013' : share(value));
  return (
    <li>
      <div>
        <p>{may('analyst') ? <a class="link" href={address(query, row.name)}><b><bdi>{row.name}</bdi></b></a> : <b><bdi>{row.name}</bdi></b>} <span class={`badge verdict-${key}`}>{t(`verdict.${key}`)}</span></p>
        <p>{t('uplift_sentence', { shown: row.shown, held: row.held_out, rate: percent(row.rate), base: percent(row.base), goal: eventWords(row.goal) })} {needed(row)}</p>
      </div>
      <div>
        {isDrawn(row) && <><Interval range={rangeOf(row)} scale={scale} tone={key} label={said} /><small>{said}</small></>}
      </div>
    </li>
  );
}

/** So many people more until one can tell; while a side is small, at least those that are missing there. */
function needed(row: Row): string {
  const least = Math.min(row.shown, row.held_out);
  const missing = least < LEAST ? ((LEAST - least) * (row.shown + row.held_out)) / least : 0;
  const more = Math.max(missing, row.people_needed ?? 0);
  if (!Number.isFinite(more)) return t('sides_needed');
  return more ? t('people_needed', { n: roughly(more) }) : '';
}

/** Two digits are all that is known. */
function roughly(value: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / power) * power;
}

function Suppressed({ list }: { list: Row[] }) {
  const [chosen, choose] = useState('');
  const names = [...new Set(list.map((row) => row.name as string))].sort();
  const sums = new Map<string, number>();
  for (const row of list) if (!chosen || row.name === chosen) sums.set(row.reason, (sums.get(row.reason) ?? 0) + row.times);
  const lines = [...sums].sort((a, b) => b[1] - a[1]).slice(0, LINES);
  if (!list.length) return <p class="empty">{t('none_suppressed')}</p>;
  return (
    <>
      {names.length > 1 && (
        <p class="choices" role="group" aria-label={t('page.campaigns')}>
          {['', ...names].map((name) => <button class="chip" aria-pressed={name === chosen} onClick={() => choose(name)}>{name || t('all_of_them')}</button>)}
        </p>
      )}
      <List filter={null} lines={lines.map(([code, value]) => ({ name: reason(code), value }))} />
    </>
  );
}
