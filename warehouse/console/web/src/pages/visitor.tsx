// One visitor or user: who that is and why we think so, the consent, every visit in plain words; admins hand it out and forget it.
import { useEffect, useState } from 'preact/hooks';
import { get, type Row, rows, usePage } from '../api';
import { may } from '../me';
import { Bar } from '../parts/bar';
import { Rights } from '../parts/rights';
import { Steps } from '../parts/steps';
import { Intent } from '../parts/intent';
import { Tile } from '../parts/tile';
import { go, link, shared } from '../state';
import { day, label, number, t, utc } from '../words';
import type { Props } from './tiled';

export type Kind = 'visitor' | 'user';
interface Told {
  faces: Row[];
  consent: Row | null;
  answers: Row[];
  visits: Row[];
  more: boolean;
}

const DATE: Intl.DateTimeFormatOptions = { dateStyle: 'medium' };
const TIME: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };
const PURPOSES = ['analytics', 'personalization', 'ads'];

export function Visitor({ site, sites, query }: Props) {
  const kind: Kind = query.get('user') ? 'user' : 'visitor';
  const id = query.get(kind);
  return id ? <One key={`${site.name} ${kind} ${id}`} site={site.name} kind={kind} id={id} /> : <Latest site={site} sites={sites} query={query} />;
}

function address(site: string, kind: Kind, id: string): URLSearchParams {
  return new URLSearchParams({ site, [kind]: id });
}

function Latest({ site, sites, query }: Props) {
  const asked = usePage(['visitors', 'channels', 'countries', 'devices', 'languages'], query);
  const [kind, setKind] = useState<Kind>('visitor');
  const [id, setId] = useState('');
  const find = () => id.trim() && go('visitor', address(site.name, kind, id.trim()));
  const list = rows(asked.answer?.tiles.visitors);
  return (
    <>
      <Bar site={site.name} sites={sites} asked={asked} />
      <h1 class="title">{t('page.visitor')}</h1>
      <div class="grid">
        <section class="tile full" aria-label={t('find_visitor')}>
          <header><h2>{t('find_visitor')}</h2><small>{t('note.find_visitor')}</small></header>
          <p class="finder">
            <select class="field" aria-label={t('id_kind')} value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
              <option value="visitor">{t('visitor_id')}</option>
              <option value="user">{t('user_id')}</option>
            </select>
            <input class="field" type="search" aria-label={t(`${kind}_id`)} spellcheck={false} autocomplete="off" value={id} onInput={(event) => setId(event.currentTarget.value)} onKeyDown={(event) => event.key === 'Enter' && find()} />
            <button class="button main" disabled={!id.trim()} onClick={find}>{t('show')}</button>
          </p>
        </section>
        <Tile class="full" title={t('visitors_latest')} note={t('note.stories')} asked={asked} name="visitors" empty={!list.length}>
          <ul class="visits">
            {list.map((row) => (
              <li key={row.name}>
                <a href={link('visitor', address(site.name, 'visitor', row.name))}>
                  <time>{day(utc(row.last_at), { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })}</time>
                  <bdi>{row.name}{row.user_id && <small> {t('seen_as', { user: row.user_id })}</small>}</bdi>
                  <small>{[t('visits_n', { n: row.visits }), t('events_n', { n: row.events }), row.bought ? t('bought_n', { n: row.bought }) : '', label('device_type', row.device_type), label('country', row.country)].filter(Boolean).join(' · ')}</small>
                </a>
              </li>
            ))}
          </ul>
        </Tile>
      </div>
    </>
  );
}

function One({ site, kind, id }: { site: string; kind: Kind; id: string }) {
  const [told, setTold] = useState<Told>();
  const [error, setError] = useState('');
  const [turn, setTurn] = useState(0);
  const read = async (before?: string) => {
    const asked = address(site, kind, id);
    if (before) asked.set('before', before);
    const found = await get<Told>('visitor', asked);
    setTold((known) => (before && known ? { ...known, more: found.more, visits: [...known.visits, ...found.visits] } : found));
  };
  const tried = (before?: string) => void read(before).then(() => setError(''), (failure: Error) => setError(failure.message));
  useEffect(() => tried(), [turn]);
  const faces = told?.faces ?? [];
  const sum = (name: string) => faces.reduce((all, row) => all + row[name], 0);
  return (
    <>
      <h1 class="title">{t(`of.${kind}`)} <bdi class="id">{id}</bdi> <a class="tool" href={link('visitor', new URLSearchParams({ site }))}>{t('visitors_all')}</a></h1>
      {error && <p class="failed" role="alert">{t('failed')} <code>{error}</code></p>}
      {!told && !error && <div class="wait" />}
      {told && !faces.length && <section class="tile"><p class="empty">{t('nothing_kept')}</p></section>}
      {told && (
        <div class="grid">
          {faces.length > 0 && (
            <section class="tile" aria-label={t('who_is_it')}>
              <header><h2>{t('who_is_it')}</h2></header>
              <p>{t('here_since', { first: day(utc(faces.map((row) => row.first_at).sort()[0]), DATE), last: day(utc(faces.map((row) => row.last_at).sort().at(-1)), TIME) })}</p>
              <p>{[t('visits_n', { n: sum('visits') }), t('events_n', { n: sum('events') }), t('bought_n', { n: sum('purchases') })].join(' · ')}</p>
              <ul class="faces">{faces.map((row) => <Face row={row} site={site} kind={kind} />)}</ul>
            </section>
          )}
          {faces.length > 0 && <Consent told={told} />}
          {may('admin') && <Rights site={site} kind={kind} id={id} visits={sum('visits')} events={sum('events')} anything={faces.length > 0} done={() => setTurn((n) => n + 1)} />}
          {told.visits.length > 0 && (
            <section class="tile full" aria-label={t('timeline')}>
              <header><h2>{t('timeline')}</h2><small>{t('note.timeline')} · {t('utc')}</small></header>
              {told.visits.map((visit) => <Visit key={visit.session_id} visit={visit} site={site} />)}
              {told.more && <p class="actions"><button class="button" onClick={() => tried(told.visits.at(-1)!.started_at)}>{t('older')}</button></p>}
            </section>
          )}
        </div>
      )}
    </>
  );
}

/** A device with the user it was seen with, and why both are one person. */
function Face({ row, site, kind }: { row: Row; site: string; kind: Kind }) {
  const other: Kind = kind === 'user' ? 'visitor' : 'user';
  const name = row[`${other}_id`];
  return (
    <li>
      <b>{[label('device_type', row.device_type), label('country', row.country)].join(', ')}</b> <small>{t('visits_n', { n: row.visits })}</small>
      <p>{t(`why.${row.why}`)}{name && <> <a class="tool" href={link('visitor', address(site, other, name))}><bdi>{name}</bdi></a></>}</p>
    </li>
  );
}

function Consent({ told }: { told: Told }) {
  const now = told.consent;
  return (
    <section class="tile" aria-label={t('consent')}>
      <header><h2>{t('consent')}</h2>{now && <small>{t('consent_seen', { when: day(utc(now.seen_at), TIME) })}</small>}</header>
      {now && (
        <dl class="facts">
          {PURPOSES.map((name) => <><dt>{t(`purpose.${name}`)}</dt><dd><Answer given={now[name]} /></dd></>)}
          {now.gpc !== null && <><dt>{t('gpc')}</dt><dd>{t(now.gpc ? 'given.yes' : 'given.no')}</dd></>}
          {now.jurisdiction && <><dt>{t('jurisdiction')}</dt><dd>{now.jurisdiction}</dd></>}
          {now.version && <><dt>{t('notice_version')}</dt><dd><bdi>{now.version}</bdi></dd></>}
        </dl>
      )}
      <h3 class="below">{t('consent_history')}</h3>
      {told.answers.length > 0 ? (
        <ol class="steps">
          {told.answers.map((row) => (
            <li><time>{day(utc(row.answered_at), TIME)}</time> <span>{PURPOSES.map((name) => `${t(`purpose.${name}`)}: ${t(given(row[name]))}`).join(' · ')}</span></li>
          ))}
        </ol>
      ) : <p class="quiet">{t('none_yet')}</p>}
      <p><small>{t('note.consent')}</small></p>
    </section>
  );
}

const given = (value: boolean | null): string => (value === null ? 'given.unknown' : value ? 'given.yes' : 'given.no');
const Answer = ({ given: value }: { given: boolean | null }) => <b class={value ? 'change better' : value === false ? 'change worse' : 'quiet'}>{t(given(value))}</b>;

function Visit({ visit, site }: { visit: Row; site: string }) {
  const steps = [...visit.between, ...visit.moments.flatMap((moment: Row) => moment.steps)].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  const came = [label('channel', visit.channel), visit.social_network ?? visit.referrer_domain].filter(Boolean).join(', ');
  const story = shared(new URLSearchParams({ site }));
  story.set('id', visit.session_id);
  return (
    <article class="visit">
      <h3><time>{day(utc(visit.started_at), TIME)}</time> <small>{[came, label('device_type', visit.device_type), label('country', visit.country), t('events_n', { n: visit.n_events })].join(' · ')}</small> <a class="tool" href={link('story', story)}>{t('page.story')}</a></h3>
      {visit.moments.map((moment: Row) => (
        <p class="wish"><Intent name={moment.intent} /> <bdi>{moment.topic ?? ''}</bdi> <small>{t(`state.${moment.state}`)} · {number(moment.confidence)}</small></p>
      ))}
      <Steps steps={steps} site={site} />
    </article>
  );
}
