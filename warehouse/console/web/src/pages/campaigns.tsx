// Campaigns: the files beside what is published of them, checked; published and stopped here as by `hetk campaign`.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Said } from '../act';
import { get, post, rows, usePage, type Asked, type Page, type Row } from '../api';
import { may } from '../me';
import { Bar } from '../parts/bar';
import { Sure } from '../parts/form';
import { Tile } from '../parts/tile';
import { link, shared } from '../state';
import { number, share, t } from '../words';
import { Campaign } from './campaign';
import type { Props } from './tiled';

export interface Mistake {
  file: string;
  line: number;
  field: string;
  what: string;
  fix: string;
}
export interface One {
  id: string;
  state: string;
  revision: number | null;
  kind: string;
  place: string;
  title: string;
  published: Said | null;
  file: Said | null;
  published_ms: number | null;
  difference: [mark: string, line: string][];
}
interface Change {
  id: string;
  what: string;
  name: string;
  wider: boolean;
}
/** How a site's campaigns are: /console/api/campaigns. */
export interface Told {
  kill: boolean;
  revision: number;
  seen: string;
  lang: string;
  placements: { name: string; about: string }[];
  campaigns: One[];
  files: { name: string; text: string; mistakes: Mistake[] }[];
  changes: Change[];
  mistakes: Mistake[];
  damaged: string | null;
}
/** Does something by a door and says that it is done. */
export type Act = (door: string, body: object, done: string) => void;

const RENEW_MS = 15_000; // files are edited elsewhere, other admins are at work too

export function Campaigns({ site, sites, query }: Props) {
  const figures = usePage(['campaign_figures', 'campaign_decisions'], query);
  const [told, setTold] = useState<Told>();
  const [said, setSaid] = useState('');
  const [error, setError] = useState('');
  const own = new URLSearchParams({ site: site.name });
  const look = () => get<Told>('campaigns', own).then((now) => { setTold(now); return now; });
  const failed = (failure: Error) => setError(failure.message);
  useEffect(() => {
    setTold(undefined);
    void look().catch(failed);
    const timer = setInterval(() => document.visibilityState === 'visible' && void look().catch(failed), RENEW_MS);
    return () => clearInterval(timer);
  }, [site.name]);
  const act: Act = (door, body, done) => {
    setError('');
    setSaid('');
    post<Told>(`campaigns/${door}`, { site: site.name, ...body }).then((now) => { setTold(now); setSaid(t(done)); }, (failure: Error) => { failed(failure); void look().catch(failed); });
  };
  const check = () => {
    setError('');
    setSaid('');
    look().then((now) => { if (!mistakesOf(now).length) setSaid(t('checked_n', { n: now.files.length })); }, failed);
  };
  const id = query.get('campaign');
  const given = { told: told!, figures, act, query };
  return (
    <>
      <Bar site={site.name} sites={sites} asked={figures} />
      {error && <p class="failed notice" role="alert">{t('failed')} {error}</p>}
      {said && <p class="said notice" role="status">{said}</p>}
      {!told ? !error && <div class="wait" /> : id ? <Campaign key={id} id={id} {...given} /> : <All site={site.name} check={check} {...given} />}
    </>
  );
}

export const mistakesOf = (told: Told): Mistake[] => [...told.mistakes, ...told.files.flatMap((file) => file.mistakes)];

/** The address of one campaign, or of all. */
export function address(query: URLSearchParams, id?: string): string {
  const own = shared(query);
  if (id) own.set('campaign', id);
  return link('campaigns', own);
}

export interface Given {
  told: Told;
  figures: Asked<Page>;
  act: Act;
  query: URLSearchParams;
}

function All({ site, told, figures, act, query, check }: Given & { site: string; check: () => void }) {
  const counts = rows(figures.answer?.tiles.campaign_figures);
  const mistakes = mistakesOf(told);
  return (
    <>
      <h1 class="title">{t('page.campaigns')} <small>campaigns/{site}/</small> <button class="tool" onClick={check}>{t('check_again')}</button></h1>
      <div class="grid">
        {told.damaged && <section class="tile full"><p class="failed" role="alert">{told.damaged}</p></section>}
        {told.kill && (
          <section class="tile full alarm" aria-label={t('kill_all')}>
            <p><b>{t('killed_all')}</b></p>
            {may('admin') && <p class="actions"><button class="button" onClick={() => act('kill', { undo: true }, 'resumed_now')}>{t('resume')}</button></p>}
          </section>
        )}
        {mistakes.length > 0 && (
          <section class="tile full" aria-label={t('mistakes')}>
            <header><h2>{t('mistakes')}</h2><small>{t('note.mistakes')}</small></header>
            <ul class="mistakes">{mistakes.map((one) => <li><a href={address(query, one.file.replace('.toml', ''))}><code>{one.file}:{one.line}</code></a> <Wrong mistake={one} /></li>)}</ul>
          </section>
        )}
        {told.changes.length > 0 && <Changes told={told} act={act} />}
        {!told.campaigns.length ? (
          <section class="tile full teach">
            <p>{t('campaigns_none')}</p>
            <pre>hetk campaign new {site} free-delivery --kind content --place hero</pre>
            <p>{t('campaigns_then')}</p>
          </section>
        ) : (
          <Tile class="wide" title={t('campaigns_all')} note={t('note.campaigns')} asked={figures} name="campaign_figures">
            <ul class="persons">{told.campaigns.map((one) => <Line key={one.id} one={one} row={counts.find((row) => row.name === one.id)} query={query} />)}</ul>
          </Tile>
        )}
        {told.placements.length > 0 && <Places told={told} query={query} />}
        {may('admin') && told.revision > 0 && !told.kill && <Kill site={site} act={act} />}
      </div>
    </>
  );
}

export function State({ state }: { state: string }) {
  return <span class={`badge ${state}`}>{t(`campaign.${state}`)}</span>;
}

/** In the words of the checker, which are the command's. */
export function Wrong({ mistake }: { mistake: Mistake }) {
  return <span class="wrong"><code>{mistake.field}</code>: <span lang="en">{mistake.what}.</span> <b>{t('fix')}</b> <span lang="en">{mistake.fix}</span></span>;
}

function Line({ one, row, query }: { one: One; row: Row | undefined; query: URLSearchParams }) {
  return (
    <li>
      <span class="person">
        <a href={address(query, one.id)}><b><bdi>{one.title || one.id}</bdi></b></a>
        <small class="state">{[one.id, one.place !== '-' && one.place, one.kind !== '-' && t(`kind.${one.kind}`), one.revision && `r${one.revision}`].filter(Boolean).join(' · ')}</small>
        <small class="state">{row ? t('campaign_seen', { shown: row.shown, share: share(row.shown ? row.clicked / row.shown : 0), held: row.held }) : t('campaign_unseen')}</small>
      </span>
      <State state={one.state} />
    </li>
  );
}

/** What is gone that kept a campaign from more people, in words. */
const NAMED: Record<string, string> = { condition: 'condition', consent: 'purpose' };

function Changes({ told, act }: { told: Told; act: Act }) {
  const wider = told.changes.some((one) => one.wider);
  const words = (one: Change) => t(`change_of.${one.what}`, { name: one.id, text: NAMED[one.what] ? t(`${NAMED[one.what]}.${one.name}`) : one.name });
  return (
    <section class="tile full" aria-label={t('to_publish')}>
      <header><h2>{t('to_publish')}</h2><small>{t('note.to_publish')}</small></header>
      <ul class="changes-list">{told.changes.map((one) => <li class={one.wider ? 'change worse' : ''}><bdi>{words(one)}</bdi></li>)}</ul>
      <p class="actions">
        {may('admin') ? <Sure text={t('publish')} sure={t(wider ? 'publish_wider' : 'publish_sure')} act={() => act('publish', { seen: told.seen }, 'published_now')} /> : <small>{t('publish_who')}</small>}
      </p>
    </section>
  );
}

function Places({ told, query }: { told: Told; query: URLSearchParams }) {
  const rank = (one: One) => -(one.published ?? one.file)!.pri;
  return (
    <section class="tile" aria-label={t('places')}>
      <header><h2>{t('places')}</h2><small>{t('note.places')}</small></header>
      {told.placements.map((place) => {
        const here = told.campaigns.filter((one) => one.place === place.name && (one.published ?? one.file)).sort((a, b) => rank(a) - rank(b));
        return (
          <div class="outcome">
            <p><b>{place.name}</b> <small>{number(here.length)}</small></p>
            <small>{place.about}</small>
            <ol class="places">{here.map((one) => <li><a class="tool" href={address(query, one.id)}>{one.id}</a></li>)}</ol>
            {!here.length && <p class="quiet">{t('place_empty')}</p>}
          </div>
        );
      })}
    </section>
  );
}

function Kill({ site, act }: { site: string; act: Act }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => dialog.current?.close();
  return (
    <p class="full actions">
      <button class="button" onClick={() => dialog.current?.showModal()}>{t('kill_all')} …</button>
      <dialog ref={dialog} class="dialog" aria-labelledby="kill-title">
        <h2 id="kill-title">{t('kill_all')}</h2>
        <p>{t('kill_what', { site })}</p>
        <p class="actions">
          <button class="button" autofocus onClick={close}>{t('cancel')}</button>
          <button class="button danger" onClick={() => { close(); act('kill', {}, 'stopped_now'); }}>{t('kill_all')}</button>
        </p>
      </dialog>
    </p>
  );
}
