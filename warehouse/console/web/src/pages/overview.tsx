import type { Asked, Page, Row, Site } from '../api';
import { rows, useNow, usePage } from '../api';
import { Bar } from '../parts/bar';
import { Cards, cards } from '../parts/cards';
import { Changes } from '../parts/changes';
import { Empty } from '../parts/empty';
import { HeatMap, type Heat } from '../parts/heat';
import { INTENTS } from '../parts/intent';
import { List } from '../parts/list';
import { Now } from '../parts/now';
import { Stacked } from '../parts/stacked';
import { Tile } from '../parts/tile';
import type { Filter } from '../state';
import { buckets } from '../time';
import { share, t } from '../words';

const NAMES = ['visits', 'moments', 'revenue', 'searches', 'channels', 'hours', 'pages', 'networks', 'countries', 'devices', 'languages', 'assistants', 'changes'];

export function Overview({ site, query, sites }: { site: Site; query: URLSearchParams; sites: Site[] }) {
  const [live, connected] = useNow(site.name);
  const asked = usePage(NAMES, query);
  const behind = live ? t('live', { count: Math.max(0, Math.round((Date.now() - live.at_ms) / 1000)) }) : t('connecting');
  const tiles = asked.answer?.tiles;
  const nothing = tiles && !tiles.visits?.error && !rows(tiles.visits).some((row) => row.period === 'now');
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} live={live?.error ? t('live_failed') : connected ? behind : t('connecting')} connected={connected && !live?.error} />
      <h1 class="aloud">{t('page.overview')}</h1>
      <Now live={live} />
      {nothing ? <Empty site={site} /> : <Figures asked={asked} />}
    </>
  );
}

function Figures({ asked }: { asked: Asked<Page> }) {
  const tiles = asked.answer?.tiles;
  const view = asked.answer?.view;
  return (
    <>
      {tiles && view ? <Cards list={cards(rows(tiles.visits), rows(tiles.moments), rows(tiles.revenue), view.grain)} /> : <div class="cards">{[...Array(6)].map(() => <div class="card wait" />)}</div>}
      <div class="grid">
        <Tile class="wide" title={t('moments_by_intent')} note={view && t(`per.${view.grain}`)} asked={asked} name="moments" chart empty={!rows(tiles?.moments).length}>
          {view && <MomentsChart list={rows(tiles?.moments)} view={view} />}
        </Tile>
        <Changes asked={asked} />
        <Tile title={t('searches')} note={t('note.searches')} asked={asked} name="searches" empty={!tiles?.searches?.rows.length}>
          <List filter="search" lines={rows(tiles?.searches).map(searchLine)} />
        </Tile>
        <Names asked={asked} name="channels" filter="channel" />
        <Hours asked={asked} />
        <Tile title={t('pages')} note={t('note.pages')} asked={asked} name="pages" empty={!tiles?.pages?.rows.length}>
          <List filter="page" lines={rows(tiles?.pages).map((row) => ({ name: row.name, value: row.visitors, second: t('views', { n: row.views }) }))} />
        </Tile>
        <Names asked={asked} name="countries" filter="country" />
        <Names asked={asked} name="languages" filter="lang" />
        <Names asked={asked} name="devices" filter="device_type" />
        <Names asked={asked} name="networks" filter="social_network" />
        <Names asked={asked} name="assistants" filter="referrer_domain" />
      </div>
    </>
  );
}

export function MomentsChart({ list, view }: { list: Row[]; view: Page['view'] }) {
  const { times, place, shift } = buckets(view, list.filter((row) => row.period === 'now').map((row) => row.bucket));
  const before = list.some((row) => row.period === 'before') ? times.map(() => 0) : [];
  const series = INTENTS.map((name) => ({ name, text: t(`intent.${name}`), values: times.map(() => 0) }));
  for (const row of list) {
    const at = place(row.bucket, row.period === 'before' ? shift : 0);
    if (at === undefined) continue;
    if (row.period === 'before') before[at]! += row.moments;
    else series.find((one) => one.name === row.intent)!.values[at]! += row.moments;
  }
  return <Stacked label={t('moments_by_intent')} times={times} series={series} before={before} grain={view.grain} />;
}

export function searchLine(row: Row) {
  const empty = row.searches ? row.not_found / row.searches : 0;
  return { name: row.name, intent: row.intent, value: row.searches, second: share(empty, 0), worse: empty >= 0.2 };
}

export function Names({ asked, name, filter }: { asked: Asked<Page>; name: string; filter: Filter }) {
  const list = rows(asked.answer?.tiles[name]);
  return (
    <Tile title={t(`list.${name}`)} note={t('note.bought')} asked={asked} name={name} empty={!list.length}>
      <List filter={filter} lines={list.map((row) => ({ name: row.name, value: row.visitors, second: share(row.visits ? row.bought / row.visits : 0) }))} />
    </Tile>
  );
}

export function Hours({ asked }: { asked: Asked<Page> }) {
  const list = rows(asked.answer?.tiles.hours);
  const sums = INTENTS.map((name) => list.filter((row) => row.intent === name).reduce((sum, row) => sum + row.moments, 0));
  const buys = sums[3]! > 0;
  const tone = buys ? 'buy' : INTENTS[sums.indexOf(Math.max(...sums))]!;
  return (
    <Tile title={t('by_hour', { text: t(`intent.${tone}`) })} note={t('utc')} asked={asked} name="hours" chart empty={!list.length}>
      <HeatMap tone={tone} cells={list.filter((row) => row.intent === tone) as Heat[]} />
    </Tile>
  );
}
