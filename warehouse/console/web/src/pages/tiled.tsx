// The pages that are made of tiles: moments, journeys, searches; and those made of named questions.
import type { Asked, Page, Row, Site } from '../api';
import { rows, usePage } from '../api';
import { Bar } from '../parts/bar';
import { Intent, INTENTS } from '../parts/intent';
import { List } from '../parts/list';
import { Sankey, type Link } from '../parts/sankey';
import { Tile } from '../parts/tile';
import { link, shared } from '../state';
import { day, label, number, share, signal, t, utc } from '../words';
import { Hours, MomentsChart, searchLine } from './overview';

export interface Props {
  site: Site;
  sites: Site[];
  query: URLSearchParams;
}

const STATES = ['converted', 'satisfied', 'open', 'abandoned', 'expired'];

export function Moments({ site, sites, query }: Props) {
  const asked = usePage(['moments', 'outcomes', 'unanswered', 'signals', 'hours', 'stories', 'channels', 'countries', 'devices', 'languages'], query);
  const tiles = asked.answer?.tiles;
  const view = asked.answer?.view;
  const outcomes = rows(tiles?.outcomes);
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} />
      <h1 class="title">{t('page.moments')}</h1>
      <div class="grid">
        <Tile class="wide" title={t('moments_by_intent')} note={view && t(`per.${view.grain}`)} asked={asked} name="moments" chart empty={!tiles?.moments?.rows.length}>
          {view && <MomentsChart list={rows(tiles?.moments)} view={view} />}
        </Tile>
        <Tile title={t('outcomes')} asked={asked} name="outcomes" chart empty={!outcomes.length}>
          {INTENTS.map((intent) => <Outcome intent={intent} list={outcomes.filter((row) => row.intent === intent)} />)}
        </Tile>
        <Tile title={t('unanswered')} note={t('note.unanswered')} asked={asked} name="unanswered" empty={!tiles?.unanswered?.rows.length}>
          <List filter={null} lines={rows(tiles?.unanswered).map((row) => ({ name: row.name, intent: row.intent, value: row.unanswered, second: share(row.unanswered / row.moments, 0) }))} />
        </Tile>
        <Tile title={t('signals')} note={t('note.signals')} asked={asked} name="signals" chart empty={!tiles?.signals?.rows.length}>
          <List filter={null} lines={rows(tiles?.signals).sort((a, b) => b.moments - a.moments).slice(0, 8).map((row) => ({ name: signal(row.name), intent: row.intent, value: row.moments }))} />
        </Tile>
        <Hours asked={asked} />
        <Tile class="full" title={t('stories')} note={t('note.stories')} asked={asked} name="stories" empty={!tiles?.stories?.rows.length}>
          <Visits list={rows(tiles?.stories)} query={query} />
        </Tile>
      </div>
    </>
  );
}

function Outcome({ intent, list }: { intent: string; list: Row[] }) {
  const all = list.reduce((sum, row) => sum + row.moments, 0);
  if (!all) return null;
  return (
    <div class="outcome">
      <p><Intent name={intent} /> <b>{number(all)}</b></p>
      <div class="parts">
        {STATES.map((state) => {
          const n = list.find((row) => row.state === state)?.moments ?? 0;
          return n > 0 && <i class={`part ${intent} ${state}`} style={{ width: `${(n / all) * 100}%` }} title={`${t(`state.${state}`)} ${share(n / all)}`} />;
        })}
      </div>
      <small>{STATES.map((state) => [state, list.find((row) => row.state === state)?.moments ?? 0] as const).filter(([, n]) => n).map(([state, n]) => `${t(`state.${state}`)} ${share(n / all, 0)}`).join(' · ')}</small>
    </div>
  );
}

export function Visits({ list, query }: { list: Row[]; query: URLSearchParams }) {
  return (
    <ul class="visits">
      {list.map((row) => {
        const own = shared(query);
        own.set('id', row.session_id);
        const first = row.topics.find(Boolean);
        return (
          <li key={row.session_id}>
            <a href={link('story', own)}>
              <time>{day(utc(row.began), { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })}</time>
              <span class="path">{row.intents.slice(0, 8).map((intent: string) => <Intent name={intent} />)}</span>
              <bdi>{first ?? ''}</bdi>
              <small>{[label('channel', row.channel), label('device_type', row.device_type), label('country', row.country)].join(' · ')}</small>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

export function Journeys({ site, sites, query }: Props) {
  const asked = usePage(['paths', 'journeys', 'stories', 'channels', 'countries', 'devices', 'languages'], query);
  const tiles = asked.answer?.tiles;
  const chosen = [...query.getAll('follows'), ...query.getAll('journey')].length > 0;
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} />
      <h1 class="title">{t('page.journeys')}</h1>
      <div class="grid">
        <Tile class="wide" title={t('paths')} note={t('note.paths')} asked={asked} name="paths" chart empty={!tiles?.paths?.rows.length}>
          {tiles?.paths && <Sankey label={t('paths')} links={rows(tiles.paths) as Link[]} />}
        </Tile>
        <Tile title={t('journeys')} note={t('note.journeys')} asked={asked} name="journeys" empty={!tiles?.journeys?.rows.length}>
          <List filter="journey" lines={rows(tiles?.journeys).map((row) => ({ name: row.name, value: row.visits, second: share(row.bought / row.visits, 0) }))} />
        </Tile>
        <Tile class="full" title={t(chosen ? 'stories_of' : 'stories')} note={t('note.stories')} asked={asked} name="stories" empty={!tiles?.stories?.rows.length}>
          <Visits list={rows(tiles?.stories)} query={query} />
        </Tile>
      </div>
    </>
  );
}

export function Searches({ site, sites, query }: Props) {
  const asked = usePage(['searches_trend', 'searches', 'searches_empty', 'searches_unclicked', 'searches_moved', 'searches_by_lang', 'channels', 'countries', 'devices', 'languages'], query);
  const tiles = asked.answer?.tiles;
  const view = asked.answer?.view;
  const moved = (row: Row) => ({ name: row.name, intent: row.intent, value: row.now, second: t('before_count', { count: row.before }) });
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} />
      <h1 class="title">{t('page.searches')}</h1>
      <div class="grid">
        <Tile class="wide" title={t('searches_by_intent')} note={view && t(`per.${view.grain}`)} asked={asked} name="searches_trend" chart empty={!tiles?.searches_trend?.rows.length}>
          {view && <MomentsChart list={rows(tiles?.searches_trend)} view={view} />}
        </Tile>
        <Searched asked={asked} name="searches" note={t('note.searches')} line={searchLine} />
        <Searched asked={asked} name="searches_empty" note={t('note.searched')} line={(row) => ({ name: row.name, intent: row.intent, value: row.not_found, second: number(row.searches) })} />
        <Searched asked={asked} name="searches_unclicked" note={t('note.searched')} line={(row) => ({ name: row.name, intent: row.intent, value: row.not_clicked, second: number(row.searches) })} />
        <Searched asked={asked} name="searches_moved" note={t('against_before')} line={moved} />
        <Tile title={t('list.languages')} note={t('note.searches')} asked={asked} name="searches_by_lang" empty={!tiles?.searches_by_lang?.rows.length}>
          <List filter={null} lines={rows(tiles?.searches_by_lang).map((row) => ({ name: label('lang', row.name), value: row.searches, second: share(row.not_found / row.searches, 0) }))} />
        </Tile>
      </div>
    </>
  );
}

function Searched({ asked, name, note, line }: { asked: Asked<Page>; name: string; note: string; line: (row: Row) => Parameters<typeof List>[0]['lines'][number] }) {
  const list = rows(asked.answer?.tiles[name]);
  return (
    <Tile title={t(`list.${name}`)} note={note} asked={asked} name={name} empty={!list.length}>
      <List filter="search" lines={list.map(line)} />
    </Tile>
  );
}
