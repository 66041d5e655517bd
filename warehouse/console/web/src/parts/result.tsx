// Rows of a query: as a table, and as a chart when they have a figure; lines over time are drawn by uPlot, loaded then.
import { useEffect, useState } from 'preact/hooks';
import type { Answer } from '../api';
import { said, useHeadings } from '../columns';
import { day, number, share, t, utc } from '../words';
import { List } from './list';
import { Table } from './table';

const TIME = /^\d{4}-\d\d-\d\d(T|$)/;
const SHARE = /^(share.*|rate|kept|answered|unanswered|given_up)$/;
const BARS_MAX = 30;
const BARS_SMALL = 8;

interface Drawn {
  kind: 'bars' | 'lines';
  name: number;
  figures: number[];
}

/** What can be drawn of these columns: a time and figures are lines, words and a figure are bars. A question says which figure (`wish`); '' is none. */
export function drawable(answer: Answer, wish?: string): Drawn | null {
  const first = answer.rows[0];
  if (!first || answer.rows.length < 2 || wish === '') return null;
  const figures = first.map((_, i) => i).filter((i) => answer.rows.every((row) => row[i] === null || typeof row[i] === 'number'));
  const time = first.findIndex((value) => typeof value === 'string' && TIME.test(value));
  const wished = answer.columns.indexOf(wish ?? '');
  const chosen = figures.includes(wished) ? [wished] : figures;
  if (!chosen.length) return null;
  // Several rows of one time (sites, cohorts) are no line.
  if (time >= 0 && new Set(answer.rows.map((row) => row[time])).size < answer.rows.length) return null;
  if (time >= 0) return { kind: 'lines', name: time, figures: chosen.slice(0, 4) };
  const word = first.findIndex((value) => typeof value === 'string');
  return word >= 0 ? { kind: 'bars', name: word, figures: [chosen[0]!] } : null;
}

export function Result({ answer, wish, small, raw }: { answer: Answer; wish?: string; small?: boolean; raw?: boolean }) {
  const drawn = drawable(answer, wish);
  const [table, setTable] = useState(false);
  const heading = useHeadings();
  return (
    <div class="result">
      <p class="count">
        {t('rows', { n: answer.rows.length })}{answer.more && ` ${t('rows_more')}`}{!small && ` · ${number(answer.ms)} ms`}
        {drawn && <button class="tool" aria-pressed={table} onClick={() => setTable(!table)}>{t(table ? 'chart' : 'table')}</button>}
      </p>
      {!!answer.hidden?.length && <p class="quiet">{t('hidden', { text: answer.hidden.map(heading).join(', ') })}</p>}
      {!answer.rows.length ? <p class="empty">{t('no_rows')}</p> : drawn && !table ? <Chart answer={answer} drawn={drawn} bars={small ? BARS_SMALL : BARS_MAX} raw={raw} /> : <Table columns={answer.columns} rows={answer.rows} raw={raw} />}
    </div>
  );
}

function Chart({ answer, drawn, bars, raw }: { answer: Answer; drawn: Drawn; bars: number; raw?: boolean }) {
  const headings = useHeadings();
  const heading = raw ? String : headings;
  if (drawn.kind === 'lines') return <Lines answer={answer} drawn={drawn} names={answer.columns.map(heading)} />;
  const words = answer.rows[0]!.map((value, i) => (typeof value === 'string' ? i : -1)).filter((i) => i >= 0);
  const values = answer.rows.slice(0, bars).map((row) => Number(row[drawn.figures[0]!] ?? 0));
  const shares = SHARE.test(answer.columns[drawn.figures[0]!]!) && values.every((value) => value >= 0 && value <= 1) && !values.every(Number.isInteger);
  const lines = values.map((value, i) => ({
    name: words.map((at) => raw ? String(answer.rows[i]![at] ?? '') : said(answer.columns[at]!, String(answer.rows[i]![at] ?? ''))).join(' · '),
    value,
    shown: shares ? share(value) : undefined,
  }));
  return <><small>{heading(answer.columns[drawn.figures[0]!]!)}</small><List lines={lines} filter={null} /></>;
}

const DAY_S = 86_400;
const DAYS: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const TIMES: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const moment = (seconds: number, options: Intl.DateTimeFormatOptions): string => day(new Date(seconds * 1000), options);

function Lines({ answer, drawn, names }: { answer: Answer; drawn: Drawn; names: string[] }) {
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
          cursor: { y: false },
          scales: { y: { range: (_, low, high) => [Math.min(0, low), high * 1.05 || 1] } },
          axes: [{ ...axis, ...(times.some((one) => one % DAY_S) ? {} : { incrs: [1, 2, 7, 14, 30, 91, 365].map((days) => days * DAY_S) }), values: (_, at, _axis, _space, step) => at.map((one) => moment(one, step < DAY_S ? TIMES : DAYS)) }, { ...axis, size: 60, values: (_, values) => values.map(number) }],
          series: [
            { label: names[drawn.name]!, value: (_, at) => (at ? moment(at, { dateStyle: 'medium', timeStyle: times.some((one) => one % DAY_S) ? 'short' : undefined }) : '') },
            ...drawn.figures.map((i, n) => ({ label: names[i]!, value: (_: unknown, value: number | null) => (value === null ? '' : number(value)), stroke: colour(['know', 'buy', 'go', 'do'][n]!), width: 2 })),
          ],
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
  }, [box, answer, names.join()]);
  return <div ref={setBox} class="plot" />;
}
