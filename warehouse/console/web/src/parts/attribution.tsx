// What each channel earns under four models: a line for each channel over the models, and the amounts as a table.
import { useState } from 'preact/hooks';
import type { Row } from '../api';
import { read, toggleFilter, useWidth } from '../state';
import { label, money, share, t } from '../words';

const MODELS = ['first_touch', 'last_touch', 'linear', 'time_decay'] as const;
const HEIGHT = 220;
const ENDS = 110; // for the names at the end of their lines
const NARROW = 520; // labels take turns in two rows
const APART = 15;
const COLOURS = ['know', 'buy', 'go', 'do'];
const LINES_MAX = 6;

export function Attribution({ list }: { list: Row[] }) {
  const orders = (currency: string | null) => list.filter((row) => row.currency === currency).reduce((sum, row) => sum + row.orders, 0);
  const currencies = [...new Set(list.map((row) => row.currency as string | null))].sort((a, b) => orders(b) - orders(a));
  const [chosen, choose] = useState<string | null>();
  const currency = chosen !== undefined && currencies.includes(chosen) ? chosen : currencies[0]!;
  const own = list.filter((row) => row.currency === currency);
  return (
    <>
      {currencies.length > 1 && (
        <p class="choices" role="group" aria-label={t('currency')}>
          {currencies.map((one) => <button class="chip" aria-pressed={one === currency} onClick={() => choose(one)}>{one ?? t('unknown')}</button>)}
          <small>{t('note.currency')}</small>
        </p>
      )}
      <div class="beside">
        <Slopes list={own} />
        <Amounts list={own} currency={currency} />
      </div>
    </>
  );
}

const sum = (list: Row[], model: string): number => list.reduce((all, row) => all + row[model], 0);

function Slopes({ list }: { list: Row[] }) {
  const [box, width] = useWidth();
  const most = Math.max(0.0001, ...list.flatMap((row) => MODELS.map((model) => row[model])));
  const y = (value: number) => 10 + (1 - Math.max(0, value) / most) * (HEIGHT - 40);
  const x = (i: number) => 12 + (i / (MODELS.length - 1)) * Math.max(0, width - ENDS - 24);
  const lines = list.slice(0, LINES_MAX).map((row, i) => ({ row, tone: COLOURS[i] ?? '', end: y(row.time_decay) }));
  let last = -APART;
  const ends = [...lines].sort((a, b) => a.end - b.end).map((line) => ({ ...line, at: (last = Math.max(line.end, last + APART)) }));
  return (
    <div class="chart" ref={box}>
      {width > 0 && (
        <svg width={width} height={Math.max(HEIGHT, last + 20)} role="img" aria-label={t('attribution')}>
          {MODELS.map((model, i) => (
            <g>
              <line class="grid" x1={x(i)} x2={x(i)} y1="10" y2={HEIGHT - 30} />
              <text class="axis" x={x(i)} y={HEIGHT - 14 + (width < NARROW && i % 2 ? 14 : 0)} text-anchor={i === 0 ? 'start' : 'middle'}>{t(`model.${model}`)}</text>
            </g>
          ))}
          {lines.map(({ row, tone }) => (
            <g>
              <polyline class={`slope ${tone}`} points={MODELS.map((model, i) => `${x(i)},${y(row[model])}`).join(' ')} />
              {MODELS.map((model, i) => <circle class={`slope-dot ${tone}`} cx={x(i)} cy={y(row[model])} r="3.5"><title>{`${label('channel', row.name)}, ${t(`model.${model}`)}: ${money(row[model], row.currency)}`}</title></circle>)}
            </g>
          ))}
          {ends.map(({ row, tone, at }) => <text class={`end ${tone}`} x={x(MODELS.length - 1) + 10} y={at + 4}>{label('channel', row.name)}</text>)}
        </svg>
      )}
    </div>
  );
}

function Amounts({ list, currency }: { list: Row[]; currency: string | null }) {
  const most = Math.max(0.0001, ...list.flatMap((row) => MODELS.map((model) => row[model])));
  const chosen = read().query.getAll('channel');
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t('table')}>
      <table class="models">
        <thead><tr><th scope="col">{t('filter.channel')}</th>{MODELS.map((model) => <th scope="col" class="figure">{t(`model.${model}`)}</th>)}</tr></thead>
        <tbody>
          {list.map((row) => (
            <tr key={row.name}>
              <th scope="row"><button class="tool plain" aria-pressed={chosen.includes(row.name ?? '')} onClick={() => toggleFilter('channel', row.name ?? '')}>{label('channel', row.name)}</button></th>
              {MODELS.map((model) => (
                <td class="figure"><span class="bar" style={{ width: `${(Math.max(0, row[model]) / most) * 100}%` }} /><span>{money(row[model], currency)} <small>{share(sum(list, model) ? row[model] / sum(list, model) : 0, 0)}</small></span></td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot><tr><th scope="row">{t('all')}</th>{MODELS.map((model) => <td class="figure">{money(sum(list, model), currency)}</td>)}</tr></tfoot>
      </table>
    </div>
  );
}
