// Every named question: choose, change its numbers, see it as chart and table, take it along as SQL.
import { useState } from 'preact/hooks';
import type { Answer } from '../api';
import { useGet } from '../api';
import { useAsks } from '../asks';
import { Result } from '../parts/result';
import { Sql } from '../parts/tile';
import { change } from '../state';
import { t } from '../words';

interface Question {
  name: string;
  ask: string;
  chart: string;
  sql: string;
  params: { name: string; default: string; kind: string; choices: string[] }[];
}

export function Questions({ query }: { query: URLSearchParams }) {
  const [word, setWord] = useState('');
  const asked = useGet<{ questions: Question[] }>('questions', NONE);
  const words = useAsks();
  const all = (asked.answer?.questions ?? []).map((one) => ({ ...one, ask: words(one) }));
  const chosen = all.find((one) => one.name === query.get('question')) ?? all.find((one) => one.name === 'moments_by_intent');
  const shown = all.filter((one) => `${one.name} ${one.ask}`.toLowerCase().includes(word.toLowerCase()));
  return (
    <>
      <h1 class="title">{t('page.questions')}</h1>
      <div class="columns">
        <section class="tile aside" aria-label={t('page.questions')}>
          <input class="field" type="search" placeholder={t('find_question')} aria-label={t('find_question')} value={word} onInput={(event) => setWord(event.currentTarget.value)} />
          <ul class="names">
            {shown.map((one) => (
              <li key={one.name}><button aria-current={one === chosen} onClick={() => change((q) => { [...q.keys()].forEach((key) => key.startsWith('p.') && q.delete(key)); q.set('question', one.name); })}>{one.ask}</button></li>
            ))}
          </ul>
        </section>
        {chosen && <Chosen key={chosen.name} question={chosen} query={query} />}
      </div>
    </>
  );
}

const NONE = new URLSearchParams();

function Chosen({ question, query }: { question: Question; query: URLSearchParams }) {
  const [sql, setSql] = useState(false);
  const values = new URLSearchParams(question.params.flatMap((param) => (query.get(`p.${param.name}`) ? [[param.name, query.get(`p.${param.name}`)!]] : [])));
  const asked = useGet<Answer>(`ask/${question.name}`, values);
  return (
    <section class="tile grow" aria-label={question.ask} aria-busy={asked.loading}>
      <header>
        <h2>{question.ask}</h2>
        <span class="tools"><button class="tool" aria-expanded={sql} onClick={() => setSql(!sql)}>SQL</button></span>
      </header>
      {sql && <Sql tile={question} />}
      {question.params.length > 0 && (
        <p class="params">
          {question.params.map((param) => (
            <label>
              {param.name}{' '}
              <input class="field" value={query.get(`p.${param.name}`) ?? ''} placeholder={param.default} list={param.choices.length ? `c-${param.name}` : undefined} onChange={(event) => { const { value } = event.currentTarget; change((q) => (value ? q.set(`p.${param.name}`, value) : q.delete(`p.${param.name}`))); }} />
              {param.choices.length > 0 && <datalist id={`c-${param.name}`}>{param.choices.map((choice) => <option value={choice} />)}</datalist>}
            </label>
          ))}
        </p>
      )}
      {asked.error && !asked.loading ? <p class="failed" role="alert">{t('failed')} <code>{asked.error}</code></p> : asked.answer ? <Result answer={asked.answer} wish={question.chart.split(' ')[1] ?? ''} /> : <div class="wait" />}
    </section>
  );
}
