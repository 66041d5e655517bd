// Hours across, weekdays down; the fuller the darker, each square says its figure.
import { day, number, t } from '../words';

export interface Heat {
  weekday: number;
  hour: number;
  moments: number;
}

const MONDAY = Date.UTC(2024, 0, 1);

export function HeatMap({ cells, tone }: { cells: Heat[]; tone: string }) {
  const most = Math.max(1, ...cells.map((cell) => cell.moments));
  const at = new Map(cells.map((cell) => [cell.weekday * 24 + cell.hour, cell.moments]));
  return (
    <div class="heat" role="img" aria-label={t('heat_alt')}>
      {[1, 2, 3, 4, 5, 6, 7].map((weekday) => {
        const name = day(new Date(MONDAY + (weekday - 1) * 86_400_000), { weekday: 'short' });
        return (
          <>
            <span class="weekday">{name}</span>
            {[...Array(24).keys()].map((hour) => {
              const value = at.get(weekday * 24 + hour) ?? 0;
              return <i class={tone} style={{ opacity: value ? 0.15 + 0.85 * (value / most) : undefined }} data-zero={value ? undefined : ''} title={`${name} ${hour}:00  ${number(value)}`} />;
            })}
          </>
        );
      })}
      <span />
      {[...Array(24).keys()].map((hour) => <span class="hour">{hour % 6 ? '' : number(hour)}</span>)}
    </div>
  );
}
