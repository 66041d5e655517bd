// Differences with the range they surely lie in, all on one scale around "no effect"; for the eye, the words stand beside.
import { useWidth } from '../state';
import { signed, t } from '../words';

/** Of a share: -0.05 is five points less. */
export interface Range {
  low: number;
  at: number;
  high: number;
}

const HEIGHT = 44;
const EDGE = 12;
const TICKS = 5;

/** The scale on which all ranges and zero lie. */
export function scaleOf(ranges: Range[]): [number, number] {
  const low = Math.min(0, ...ranges.map((one) => one.low));
  const high = Math.max(0, ...ranges.map((one) => one.high));
  const room = (high - low || 0.02) * 0.06;
  return [low - room, high + room];
}

export const points = (share: number): string => signed(share * 100);

/** Round steps on the scale; zero is one of them. */
function steps([low, high]: [number, number]): number[] {
  const raw = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((one) => one >= raw)!;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

export function Interval({ range, scale, tone, label }: { range: Range; scale: [number, number]; tone: string; label: string }) {
  const [box, width] = useWidth();
  const x = (value: number) => EDGE + ((value - scale[0]) / (scale[1] - scale[0])) * (width - 2 * EDGE);
  return (
    <div class="chart" ref={box}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={label}>
          {steps(scale).map((step) => (
            <g>
              <line class={step === 0 ? 'zero' : 'grid'} x1={x(step)} x2={x(step)} y1="0" y2={HEIGHT - 16} />
              <text class="axis" x={x(step)} y={HEIGHT - 3} text-anchor="middle">{step === 0 ? t('no_effect') : points(step)}</text>
            </g>
          ))}
          <line class={`range ${tone}`} x1={x(range.low)} x2={x(range.high)} y1="13" y2="13" />
          <circle class={`range-dot ${tone}`} cx={x(range.at)} cy="13" r="6" />
        </svg>
      )}
    </div>
  );
}
