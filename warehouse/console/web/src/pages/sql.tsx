// An editor for a query of one's own: words from the schema are offered, what was asked is kept, answers go along as files.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Answer } from '../api';
import { download, get, post, useGet } from '../api';
import { Result } from '../parts/result';
import { t } from '../words';

const NONE = new URLSearchParams();
const HISTORY = 'hetk-history';
const HISTORY_MAX = 50;
const OFFERED_MAX = 8;
const WORDS = 'SELECT FROM WHERE GROUP BY ALL ORDER BY LIMIT HAVING JOIN LEFT JOIN USING ASOF JOIN QUALIFY OVER PARTITION BY count(*) count(DISTINCT FILTER (WHERE date_trunc( INTERVAL CASE WHEN DISTINCT DESC'.match(/[A-Z]+(?: BY| JOIN)?|[a-z_]+\(\*?\)?(?:DISTINCT)?/g)!;
const FIRST = "SELECT intent, state, count(*) AS n\nFROM moments\nGROUP BY ALL\nORDER BY n DESC";

type Column = [table: string, kind: string, grain: string, column: string, type: string, doc: string];
interface Offer {
  word: string;
  hint: string;
}

function history(): string[] {
  try {
    return JSON.parse(localStorage.getItem(HISTORY) ?? '[]');
  } catch {
    return [];
  }
}

export function SqlPage({ query }: { query: URLSearchParams }) {
  const [text, setText] = useState(query.get('q') ?? history()[0] ?? FIRST);
  const [answer, setAnswer] = useState<Answer>();
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(history);
  const [saved, setSaved] = useState<Record<string, string>>({});
  const schema = useGet<{ columns: Column[] }>('schema', NONE);
  useEffect(() => void get<{ saved: Record<string, string> }>('saved').then((all) => setSaved(all.saved), () => setSaved({})), []);
  useEffect(() => {
    const q = query.get('q');
    if (q) setText(q);
  }, [query.get('q')]);
  const run = async () => {
    setBusy(true);
    setError('');
    try {
      setAnswer(await post<Answer>('sql', { sql: text, format: 'rows' }));
      const all = [text, ...asked.filter((one) => one !== text)].slice(0, HISTORY_MAX);
      localStorage.setItem(HISTORY, JSON.stringify(all));
      setAsked(all);
    } catch (failure) {
      setAnswer(undefined);
      setError((failure as Error).message);
    }
    setBusy(false);
  };
  const take = (format: 'csv' | 'parquet') => void download('sql', { sql: text, format }, `answer.${format}`).catch((failure: Error) => setError(failure.message));
  const save = async () => {
    const name = prompt(t('name_it'));
    if (name) setSaved((await post<{ saved: Record<string, string> }>('saved', { name, sql: text })).saved);
  };
  const forget = async (name: string) => setSaved((await post<{ saved: Record<string, string> }>('saved', { name, sql: '' })).saved);
  return (
    <>
      <h1 class="title">SQL</h1>
      <div class="columns">
        <div class="grow">
          <section class="tile" aria-label={t('query')}>
            <Editor text={text} set={setText} run={run} columns={schema.answer?.columns ?? []} />
            <p class="actions">
              <button class="button main" disabled={busy} onClick={run}>{t(busy ? 'running' : 'run')}</button>
              <button class="button" onClick={save}>{t('save')}</button>
              <button class="button" onClick={() => take('csv')}>CSV</button>
              <button class="button" onClick={() => take('parquet')}>Parquet</button>
              <small>{t('sql_hint')}</small>
            </p>
          </section>
          {error && <section class="tile"><p class="failed" role="alert">{t('failed')}</p><pre class="error">{error}</pre></section>}
          {answer && <section class="tile" aria-label={t('answer')}><Result answer={answer} raw /></section>}
        </div>
        <aside class="tile aside" aria-label={t('saved')}>
          <h2>{t('saved')}</h2>
          <ul class="names">
            {Object.entries(saved).map(([name, sql]) => (
              <li key={name}><button onClick={() => setText(sql)}>{name}</button><button class="tool" aria-label={t('take_away', { text: name })} onClick={() => forget(name)}>×</button></li>
            ))}
            {!Object.keys(saved).length && <li class="quiet">{t('none_saved')}</li>}
          </ul>
          <h2>{t('history')}</h2>
          <ul class="names">{asked.slice(0, 12).map((sql) => <li key={sql}><button class="mono" title={sql} onClick={() => setText(sql)}>{sql.replace(/\s+/g, ' ')}</button></li>)}</ul>
          <h2>{t('tables')}</h2>
          <Tables columns={schema.answer?.columns ?? []} pick={(word) => setText((before) => `${before}${/\s$/.test(before) || !before ? '' : ' '}${word}`)} />
        </aside>
      </div>
    </>
  );
}

function Tables({ columns, pick }: { columns: Column[]; pick: (word: string) => void }) {
  const tables = useMemo(() => Map.groupBy(columns.filter((one) => !one[0].endsWith('_closed')), (one) => one[0]), [columns]);
  return (
    <div class="tables">
      {[...tables].map(([name, list]) => (
        <details key={name}>
          <summary title={list[0]![2]}>{name}</summary>
          <ul>{list.map((one) => <li><button title={one[5]} onClick={() => pick(one[3])}>{one[3]}</button> <small>{one[4]?.slice(0, 24)}</small></li>)}</ul>
        </details>
      ))}
    </div>
  );
}

function Editor(props: { text: string; set: (text: string) => void; run: () => void; columns: Column[] }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [offers, setOffers] = useState<Offer[]>([]);
  const [at, setAt] = useState(0);
  const words = useMemo(() => {
    const found = new Map<string, string>();
    for (const [table, , grain, column, type] of props.columns) {
      if (!table.endsWith('_closed')) found.set(table, grain);
      if (column && !found.has(column)) found.set(column, type);
    }
    for (const word of WORDS) found.set(word, '');
    return [...found];
  }, [props.columns]);
  const offer = () => {
    const area = field.current!;
    const start = /[\w]*$/.exec(area.value.slice(0, area.selectionStart))![0].toLowerCase();
    const fitting = start.length < 2 ? [] : words.filter(([word]) => word.toLowerCase().startsWith(start) && word.toLowerCase() !== start);
    setOffers(fitting.slice(0, OFFERED_MAX).map(([word, hint]) => ({ word, hint })));
    setAt(0);
  };
  const take = (word: string) => {
    const area = field.current!;
    const from = area.selectionStart - /[\w]*$/.exec(area.value.slice(0, area.selectionStart))![0].length;
    const text = area.value.slice(0, from) + word + area.value.slice(area.selectionStart);
    props.set(text);
    setOffers([]);
    requestAnimationFrame(() => {
      area.focus();
      area.setSelectionRange(from + word.length, from + word.length);
    });
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      setOffers([]);
      props.run();
    } else if (offers.length && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setAt((at + (event.key === 'ArrowDown' ? 1 : offers.length - 1)) % offers.length);
    } else if (offers.length && (event.key === 'Tab' || event.key === 'Enter')) {
      event.preventDefault();
      take(offers[at]!.word);
    } else if (event.key === 'Escape') setOffers([]);
  };
  return (
    <div class="editor">
      <textarea
        ref={field}
        value={props.text}
        rows={Math.min(20, Math.max(6, props.text.split('\n').length + 1))}
        spellcheck={false}
        autocomplete="off"
        aria-label={t('query')}
        aria-autocomplete="list"
        aria-controls="offers"
        onInput={(event) => { props.set(event.currentTarget.value); offer(); }}
        onKeyDown={key}
        onBlur={() => setTimeout(() => setOffers([]), 150)}
      />
      <ul id="offers" class="offers" role="listbox" aria-label={t('offers')} hidden={!offers.length}>
        {offers.map((one, i) => <li role="option" aria-selected={i === at} onMouseDown={(event) => { event.preventDefault(); take(one.word); }}>{one.word} <small>{one.hint}</small></li>)}
      </ul>
    </div>
  );
}
