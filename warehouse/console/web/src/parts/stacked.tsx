// Areas one on another over time, the period before as a thin line. Pointer and arrow keys give the same reading.
import { useState } from 'preact/hooks';
import { useWidth } from '../state';
import { day, number, t } from '../words';

export type Grain = 'minutes' | 'hour' | 'day' | 'week';
export interface Series {
  name: string;
  text: string;
  values: number[];
}
interface Props {
  label: string;
  times: Date[];
  series: Series[];
  before: number[];
  grain: Grain;
}

const HEIGHT = 250;
const TOP = 8;
const BOTTOM = 26;
const LEFT = 44;
const RIGHT = 58;

export function Stacked({ label, times, series, before, grain }: Props) {
  const [box, width] = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const n = times.length;
  const sums = times.map((_, i) => series.reduce((sum, one) => sum + one.values[i]!, 0));
  const steps = scale(Math.max(1, ...sums, ...before));
  const top = steps[steps.length - 1]!;
  const x = (i: number) => LEFT + (n < 2 ? 0.5 : i / (n - 1)) * Math.max(1, width - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const base = times.map(() => 0);
  const areas = series.map((one) => {
    const low = base.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).reverse();
    one.values.forEach((value, i) => (base[i]! += value));
    const high = base.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
    return { ...one, path: `M${high.join('L')}L${low.join('L')}Z`, end: base[n - 1]! - one.values[n - 1]! / 2 };
  });
  const move = (event: PointerEvent) => {
    const left = (event.currentTarget as Element).getBoundingClientRect().left;
    const share = (event.clientX - left - LEFT) / (width - LEFT - RIGHT);
    setAt(Math.max(0, Math.min(n - 1, Math.round(share * (n - 1)))));
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -24, PageDown: 24, Home: -n, End: n }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(n - 1, (at ?? (step < 0 ? n : -1)) + step)));
  };
  return (
    <div class="chart" ref={box}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="group" aria-label={label} tabIndex={0} onPointerMove={move} onPointerLeave={() => setAt(null)} onKeyDown={key} onBlur={() => setAt(null)}>
          {steps.map((step) => (
            <g>
              <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(step)} y2={y(step)} />
              <text class="axis" x={LEFT - 8} y={y(step) + 4} text-anchor="end">{number(step)}</text>
            </g>
          ))}
          {areas.map((one) => <path class={`area ${one.name}`} d={one.path} />)}
          {before.length > 0 && <polyline class="before" points={before.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ')} />}
          {ticks(times, grain, width - LEFT - RIGHT).map(([i, text]) => (
            <text class="axis" x={x(i)} y={HEIGHT - 6} text-anchor={i === 0 ? 'start' : 'middle'}>{text}</text>
          ))}
          {apart(areas.map((one) => y(one.end))).map((place, i) => (
            <text class={`end ${areas[i]!.name}`} x={width - RIGHT + 8} y={place + 4}>{areas[i]!.text}</text>
          ))}
          {at !== null && <line class="cursor" x1={x(at)} x2={x(at)} y1={TOP} y2={HEIGHT - BOTTOM} />}
        </svg>
      )}
      {at !== null && width > 0 && (
        <div class="reading" style={x(at) > width / 2 ? { right: `${width - x(at) + 10}px` } : { left: `${x(at) + 10}px` }}>
          <p>{when(times[at]!, grain)}</p>
          <table>
            {[...series].reverse().map((one) => <tr><th scope="row"><i class={`dot ${one.name}`} />{one.text}</th><td>{number(one.values[at]!)}</td></tr>)}
            <tr class="sum"><th scope="row">{t('all')}</th><td>{number(sums[at]!)}</td></tr>
            {before[at] !== undefined && <tr><th scope="row">{t('before')}</th><td>{number(before[at]!)}</td></tr>}
          </table>
        </div>
      )}
      <span class="aloud" aria-live="polite">{at !== null && `${when(times[at]!, grain)}: ${series.map((one) => `${one.text} ${number(one.values[at]!)}`).join(', ')}`}</span>
    </div>
  );
}

/** At most five lines, the first at zero. */
export function scale(most: number): number[] {
  const raw = most / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw)!);
  return [...Array(Math.ceil(most / step) + 1).keys()].map((i) => i * step);
}

export function when(time: Date, grain: Grain): string {
  const hours = grain === 'minutes' || grain === 'hour';
  return day(time, { weekday: 'short', day: 'numeric', month: 'short', ...(hours ? { hour: '2-digit', minute: '2-digit' } : {}) });
}

function ticks(times: Date[], grain: Grain, width: number): [number, string][] {
  const starts = times
    .map((time, i): [number, string] | null => {
      if (grain === 'minutes') return time.getUTCMinutes() === 0 ? [i, day(time, { hour: '2-digit', minute: '2-digit' })] : null;
      if (grain === 'hour') return time.getUTCHours() === 0 ? [i, day(time, times.length > 48 ? { weekday: 'short', day: 'numeric' } : { weekday: 'short' })] : null;
      return [i, day(time)];
    })
    .filter((tick) => tick !== null);
  const every = Math.max(1, Math.ceil((starts.length * 62) / Math.max(1, width)));
  return starts.filter((_, i) => i % every === 0);
}

/** Labels keep 15 px from each other. */
export function apart(places: number[]): number[] {
  const order = places.map((place, i) => ({ place, i })).sort((a, b) => b.place - a.place);
  order.forEach((one, k) => {
    one.place = Math.min(one.place, k ? order[k - 1]!.place - 15 : HEIGHT - BOTTOM);
  });
  const out = [...places];
  for (const { place, i } of order) out[i] = place;
  return out;
}
