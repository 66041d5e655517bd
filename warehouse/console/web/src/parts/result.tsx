// Rows of a query: as a table, and as a chart when they have a figure; lines over time are drawn by uPlot, loaded then.
import { useEffect, useState } from 'preact/hooks';
import type { Answer } from '../api';
import { label, number, t, utc } from '../words';
import { List } from './list';
import { Table } from './table';

const TIME = /^\d{4}-\d\d-\d\d(T|$)/;
const BARS_MAX = 30;
const BARS_SMALL = 8;

interface Drawn {
  kind: 'bars' | 'lines';
  name: number;
  figures: number[];
}

/** What can be drawn of these columns: a time and figures are lines, words and a figure are bars. */
export function drawable(answer: Answer, wish = ''): Drawn | null {
  const first = answer.rows[0];
  if (!first || answer.rows.length < 2) return null;
  const figures = first.map((_, i) => i).filter((i) => answer.rows.every((row) => row[i] === null || typeof row[i] === 'number'));
  const time = first.findIndex((value) => typeof value === 'string' && TIME.test(value));
  const wished = answer.columns.indexOf(wish);
  const chosen = figures.includes(wished) ? [wished] : figures;
  if (!chosen.length) return null;
  // Several rows of one time (sites, cohorts) are no line.
  if (time >= 0 && new Set(answer.rows.map((row) => row[time])).size < answer.rows.length) return null;
  if (time >= 0) return { kind: 'lines', name: time, figures: chosen.slice(0, 4) };
  const word = first.findIndex((value) => typeof value === 'string');
  return word >= 0 ? { kind: 'bars', name: word, figures: [chosen[0]!] } : null;
}

export function Result({ answer, wish, small }: { answer: Answer; wish?: string; small?: boolean }) {
  const drawn = drawable(answer, wish);
  const [table, setTable] = useState(false);
  return (
    <div class="result">
      <p class="count">
        {t('rows', { n: answer.rows.length })}{answer.more && ` ${t('rows_more')}`} · {number(answer.ms)} ms
        {drawn && <button class="tool" aria-pressed={table} onClick={() => setTable(!table)}>{t(table ? 'chart' : 'table')}</button>}
      </p>
      {!!answer.hidden?.length && <p class="quiet">{t('hidden', { text: answer.hidden.join(', ') })}</p>}
      {!answer.rows.length ? <p class="empty">{t('no_rows')}</p> : drawn && !table ? <Chart answer={answer} drawn={drawn} bars={small ? BARS_SMALL : BARS_MAX} /> : <Table columns={answer.columns} rows={answer.rows} />}
    </div>
  );
}

function Chart({ answer, drawn, bars }: { answer: Answer; drawn: Drawn; bars: number }) {
  if (drawn.kind === 'lines') return <Lines answer={answer} drawn={drawn} />;
  const words = answer.rows[0]!.map((value, i) => (typeof value === 'string' ? i : -1)).filter((i) => i >= 0);
  const lines = answer.rows.slice(0, bars).map((row) => ({
    name: words.map((i) => label(answer.columns[i]!, row[i])).join(' · '),
    value: Number(row[drawn.figures[0]!] ?? 0),
  }));
  return <><small>{answer.columns[drawn.figures[0]!]}</small><List lines={lines} filter={null} /></>;
}

function Lines({ answer, drawn }: { answer: Answer; drawn: Drawn }) {
  const [box, setBox] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (!box) return;
    let done = () => {};
    let gone = false;
    void import('uplot').then(({ default: UPlot }) => {
      if (gone) return;
      const style = getComputedStyle(document.documentElement);
      const colour = (name: string) => style.getPropertyValue(`--${name}`);
      const sorted = [...answer.rows].sort((a, b) => (String(a[drawn.name]) < String(b[drawn.name]) ? -1 : 1));
      const times = sorted.map((row) => +utc(String(row[drawn.name])) / 1000);
      const axis = { stroke: colour('ink2'), grid: { stroke: colour('line'), width: 1 }, ticks: { show: false } };
      const plot = new UPlot(
        {
          width: box.clientWidth,
          height: 280,
          tzDate: (at) => UPlot.tzDate(new Date(at * 1000), 'UTC'),
          scales: { y: { range: (_, low, high) => [Math.min(0, low), high * 1.05 || 1] } },
          axes: [axis, { ...axis, size: 60, values: (_, values) => values.map(number) }],
          series: [{}, ...drawn.figures.map((i, n) => ({ label: answer.columns[i]!, stroke: colour(['know', 'buy', 'go', 'do'][n]!), width: 2 }))],
        },
        [times, ...drawn.figures.map((i) => sorted.map((row) => row[i] as number | null))] as uPlot.AlignedData,
        box,
      );
      done = () => plot.destroy();
    });
    return () => {
      gone = true;
      done();
    };
  }, [box, answer]);
  return <div ref={setBox} class="plot" />;
}
