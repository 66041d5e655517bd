// A named question as a tile: of all sites and days, unless its SQL says otherwise.
import { useState } from 'preact/hooks';
import type { Answer } from '../api';
import { useGet } from '../api';
import { useAsks } from '../asks';
import { t } from '../words';
import { Result } from './result';
import { Sql } from './tile';

export interface Named {
  name: string;
  ask: string;
  chart: string;
  sql: string;
}

const NONE = new URLSearchParams();

export function Questions({ names }: { names: string[] }) {
  const all = useGet<{ questions: Named[] }>('questions', NONE);
  const words = useAsks();
  return (
    <div class="grid">
      {names.map((name) => {
        const found = all.answer?.questions.find((one) => one.name === name);
        return found ? <One key={name} question={{ ...found, ask: words(found) }} /> : null;
      })}
    </div>
  );
}

function One({ question }: { question: Named }) {
  const [sql, setSql] = useState(false);
  const asked = useGet<Answer>(`ask/${question.name}`, NONE);
  return (
    <section class="tile half" aria-label={question.ask} aria-busy={asked.loading}>
      <header>
        <h2>{question.ask}</h2>
        <span class="tools"><button class="tool" aria-expanded={sql} onClick={() => setSql(!sql)}>SQL</button></span>
      </header>
      {sql && <Sql tile={question} />}
      {asked.error ? <p class="failed" role="alert">{t('failed')} <code>{asked.error}</code></p> : asked.answer ? <Result small answer={asked.answer} wish={question.chart.split(' ')[1] ?? ''} /> : <div class="wait" />}
    </section>
  );
}
