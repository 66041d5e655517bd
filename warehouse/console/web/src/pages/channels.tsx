// Where people come from, what they want then and what it earns: four models of attribution side by side.
import { rows, usePage, type Row } from '../api';
import { Bar } from '../parts/bar';
import { Attribution } from '../parts/attribution';
import { Intent, INTENTS } from '../parts/intent';
import { List } from '../parts/list';
import { Tile } from '../parts/tile';
import { toggleFilter } from '../state';
import { label, number, share, t } from '../words';
import { Names } from './overview';
import type { Props } from './tiled';

const NAMES = ['channel_visits', 'channel_intents', 'campaigns', 'networks', 'assistants', 'channels', 'countries', 'devices', 'languages'];

export function Channels({ site, sites, query }: Props) {
  const asked = usePage(NAMES, query);
  const money = usePage(['attribution'], query); // of the lake itself: the rest need not wait for it
  const tiles = asked.answer?.tiles;
  const visits = rows(tiles?.channel_visits);
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} />
      <h1 class="title">{t('page.channels')}</h1>
      <div class="grid">
        <Tile class="full" title={t('attribution')} note={t('note.attribution')} asked={money} name="attribution" empty={!money.answer?.tiles.attribution?.rows.length}>
          <Attribution list={rows(money.answer?.tiles.attribution)} />
        </Tile>
        <Tile title={t('list.channels')} note={t('note.bounced')} asked={asked} name="channel_visits" empty={!visits.length}>
          <List filter="channel" lines={visits.map((row) => ({ name: row.name, value: row.visits, second: `${share(row.bounced / row.visits, 0)} · ${share(row.bought / row.visits)}` }))} />
        </Tile>
        <Tile title={t('channel_intents')} note={t('note.channel_intents')} asked={asked} name="channel_intents" chart empty={!tiles?.channel_intents?.rows.length}>
          <Mixes list={rows(tiles?.channel_intents)} />
        </Tile>
        <Names asked={asked} name="campaigns" filter="utm_campaign" />
        <Names asked={asked} name="networks" filter="social_network" />
        <Names asked={asked} name="assistants" filter="referrer_domain" />
      </div>
    </>
  );
}

/** For each channel the share of each intent. */
function Mixes({ list }: { list: Row[] }) {
  const total = (name: string | null) => list.filter((row) => row.name === name).reduce((sum, row) => sum + row.moments, 0);
  const names = [...new Set(list.map((row) => row.name as string | null))].sort((a, b) => total(b) - total(a));
  return (
    <>
      {names.map((name) => {
        const own = list.filter((row) => row.name === name);
        const all = total(name);
        const count = (intent: string) => own.find((row) => row.intent === intent)?.moments ?? 0;
        return (
          <div class="outcome">
            <p><button class="tool plain" onClick={() => toggleFilter('channel', name ?? '')}>{label('channel', name)}</button> <b>{number(all)}</b></p>
            <div class="parts">{INTENTS.map((intent) => count(intent) > 0 && <i class={`part mix ${intent}`} style={{ width: `${(count(intent) / all) * 100}%` }} title={`${t(`intent.${intent}`)} ${share(count(intent) / all)}`} />)}</div>
            <small>{INTENTS.filter(count).map((intent) => <><Intent name={intent} /> {share(count(intent) / all, 0)} </>)}</small>
          </div>
        );
      })}
    </>
  );
}
