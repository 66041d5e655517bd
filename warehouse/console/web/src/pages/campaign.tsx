// One campaign: in plain words, as people see it, what became of it, and its file with the mistakes in it.
import { useState } from 'preact/hooks';
import { because, inPlainWords, type Said, type Variant } from '../act';
import { rows, type Row } from '../api';
import { may } from '../me';
import { Sure } from '../parts/form';
import { Intent } from '../parts/intent';
import { Tile } from '../parts/tile';
import { link, shared } from '../state';
import { day, label, language, moment, share, t, utc } from '../words';
import { address, State, Wrong, type Given, type Mistake, type One } from './campaigns';

const STOPPABLE = ['published', 'changed'];

export function Campaign({ id, told, figures, act, query }: Given & { id: string }) {
  const one = told.campaigns.find((found) => found.id === id);
  const file = told.files.find((found) => found.name === `${id}.toml`);
  const last = rows(figures.answer?.tiles.campaign_decisions).filter((row) => row.name === id);
  const back = <a class="tool" href={address(query)}>{t('campaigns_all')}</a>;
  if (!one && !file) return <><h1 class="title"><bdi>{id}</bdi> {back}</h1><section class="tile"><p class="empty">{t('no_campaign')}</p></section></>;
  return (
    <>
      <h1 class="title"><bdi>{one?.title || id}</bdi> {one && <State state={one.state} />} {back}</h1>
      {one && <Buttons one={one} act={act} />}
      <div class="grid">
        {one && <Words one={one} about={told.placements.find((place) => place.name === one.place)?.about ?? ''} fallback={told.lang} />}
        {one?.published && (
          <Tile class="full" title={t('decided_last')} note={t('note.stories')} asked={figures} name="campaign_decisions" empty={!last.length}>
            <ul class="visits">{last.map((row) => <Decision row={row} query={query} />)}</ul>
          </Tile>
        )}
        <section class="tile full" aria-label={t('the_file')}>
          <header><h2>{t('the_file')}</h2><small><bdi>{id}.toml</bdi></small></header>
          {one && one.difference.length > 0 && <Difference lines={one.difference} />}
          {file ? <Text text={file.text} mistakes={file.mistakes} /> : <p class="failed">{t('file_gone')}</p>}
        </section>
      </div>
    </>
  );
}

function Buttons({ one, act }: { one: One; act: Given['act'] }) {
  if (!may('admin')) return null;
  if (one.state === 'stopped') return <p class="actions lead"><button class="button" onClick={() => act('stop', { id: one.id, undo: true }, 'resumed_now')}>{t('resume')}</button></p>;
  return STOPPABLE.includes(one.state) ? <p class="actions lead"><Sure text={t('stop')} sure={t('stop_sure')} act={() => act('stop', { id: one.id }, 'stopped_now')} /></p> : null;
}

function Words({ one, about, fallback }: { one: One; about: string; fallback: string }) {
  const [draft, setDraft] = useState(false);
  const both = one.published && one.file && one.state === 'changed';
  const said = draft && one.file ? one.file : (one.published ?? one.file);
  if (!said) return null;
  return (
    <>
      <section class="tile wide" aria-label={t('in_words')}>
        <header><h2>{t('in_words')}</h2>{one.published_ms !== null && <small>r{one.revision} · {moment(one.published_ms)} · {t('utc')}</small>}</header>
        {both && (
          <p class="choices" role="group" aria-label={t('in_words')}>
            <button class="chip" aria-pressed={!draft} onClick={() => setDraft(false)}>{t('as_published')}</button>
            <button class="chip" aria-pressed={draft} onClick={() => setDraft(true)}>{t('as_file')}</button>
          </p>
        )}
        <dl class="facts">{inPlainWords(said, about).map(([heading, lines]) => <><dt>{t(heading)}</dt><dd>{lines.map((line) => <p><bdi>{line}</bdi></p>)}</dd></>)}</dl>
      </section>
      <Variants said={said} fallback={fallback} />
    </>
  );
}

/** What people see, in a language of its own choice. */
function Variants({ said, fallback }: { said: Said; fallback: string }) {
  const spoken = [...new Set(said.vars.flatMap((one) => Object.keys(one.text)))];
  const [lang, setLang] = useState(spoken.includes(language) ? language : spoken.includes(fallback) ? fallback : spoken[0]!);
  const all = said.vars.reduce((sum, one) => sum + one.w, 0);
  return (
    <section class="tile" aria-label={t('what_shown')}>
      <header><h2>{t('what_shown')}</h2></header>
      {spoken.length > 1 && (
        <p class="choices" role="group" aria-label={t('language')}>
          {spoken.map((one) => <button class="chip" aria-pressed={one === lang} onClick={() => setLang(one)}>{label('lang', one)}</button>)}
        </p>
      )}
      {said.vars.map((one) => <Preview variant={one} lang={lang} part={said.vars.length > 1 ? one.w / all : 0} />)}
    </section>
  );
}

function Preview({ variant, lang, part }: { variant: Variant; lang: string; part: number }) {
  const text = variant.text[lang];
  return (
    <div class="preview">
      {part > 0 && <small>{t('variant_share', { name: variant.k, share: share(part, 0) })}</small>}
      {text ? <p lang={lang}><b>{text.title}</b>{text.body && <span>{text.body}</span>}{text.button && <i>{text.button}</i>}</p> : <p class="quiet">{t('reason.no_words')}</p>}
      {variant.url && <small><bdi>{variant.url}</bdi></small>}
    </div>
  );
}

function Decision({ row, query }: { row: Row; query: URLSearchParams }) {
  const outcome = row.holdout ? 'held' : (row.dismissed ?? (row.clicked_at ? 'clicked' : row.shown_at ? 'shown' : 'chosen'));
  const own = shared(query);
  own.set('id', row.session_id ?? '');
  const inside = (
    <>
      <time>{day(utc(row.ts), { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })}</time>
      <span class="badge">{t(`outcome.${outcome}`)}</span> <Intent name={row.intent} />
      <bdi>{(row.why ?? []).map(because).join(' · ')}</bdi>
      <small>{[row.place, row.variant, row.lang && label('lang', row.lang)].filter(Boolean).join(' · ')}</small>
    </>
  );
  return <li>{row.session_id ? <a href={link('story', own)}>{inside}</a> : <span class="row">{inside}</span>}</li>;
}

function Difference({ lines }: { lines: One['difference'] }) {
  return (
    <>
      <h3>{t('difference')}</h3>
      <pre class="source" tabIndex={0}>{lines.map(([mark, line]) => <span class={mark === '-' ? 'minus' : mark === '+' ? 'plus' : ''}>{mark === '-' ? '\u2212' : mark} {(mark === '-' || mark === '+') && <i class="aloud">{t(mark === '-' ? 'line_gone' : 'line_new')}: </i>}{line}{'\n'}</span>)}</pre>
    </>
  );
}

/** With line numbers; a mistake stands under its line. */
function Text({ text, mistakes }: { text: string; mistakes: Mistake[] }) {
  return (
    <ol class="source" tabIndex={0} aria-label={t('the_file')}>
      {text.replace(/\n$/, '').split('\n').map((line, i) => {
        const wrong = mistakes.filter((one) => one.line === i + 1);
        return <li class={wrong.length ? 'minus' : ''}><code>{line || ' '}</code>{wrong.map((one) => <p><Wrong mistake={one} /></p>)}</li>;
      })}
    </ol>
  );
}
