// Newcomers by when they came first, and which share of them was there again later: the fuller the square, the more.
import type { Row } from '../api';
import { change, read } from '../state';
import { day, number, share, t, utc } from '../words';

const FULLEST = 38; // per cent of the colour: figures on it stay readable in both modes
const DAY_MS = 86_400_000;

function ends(cohort: Date, unit: string): Date {
  if (unit === 'month') return new Date(Date.UTC(cohort.getUTCFullYear(), cohort.getUTCMonth() + 1, 0));
  return new Date(+cohort + (unit === 'week' ? 6 : 0) * DAY_MS);
}

export function Cohorts({ list, unit }: { list: Row[]; unit: string }) {
  const cohorts = [...new Set(list.map((row) => row.cohort as string))];
  const ages = [...Array(Math.max(0, ...list.map((row) => row.age)) + 1).keys()];
  const at = new Map(list.map((row) => [`${row.cohort} ${row.age}`, row]));
  const most = Math.max(0.01, ...list.filter((row) => row.age > 0).map((row) => row.share));
  const show = (from: Date) => change((q) => {
    q.delete('range');
    q.set('from', from.toISOString().slice(0, 10));
    q.set('to', ends(from, unit).toISOString().slice(0, 10));
  });
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t('retention')}>
      <table class="cohorts">
        <thead><tr><th scope="col">{t(`cohort.${unit}`)}</th><th scope="col" class="figure">{t('newcomers')}</th>{ages.slice(1).map((age) => <th scope="col" class="figure">{t(`after.${unit}`, { n: age })}</th>)}</tr></thead>
        <tbody>
          {cohorts.map((cohort) => (
            <tr key={cohort}>
              <th scope="row"><button class="tool plain" aria-pressed={read().query.get('from') === cohort} onClick={() => show(utc(cohort))}>{day(utc(cohort), unit === 'month' ? { month: 'short', year: 'numeric' } : undefined)}</button></th>
              <td class="figure"><b>{number(at.get(`${cohort} 0`)?.people ?? 0)}</b></td>
              {ages.slice(1).map((age) => {
                const row = at.get(`${cohort} ${age}`);
                return <td class="figure" style={row && { background: `color-mix(in srgb, var(--know) ${((row.share / most) * FULLEST).toFixed(0)}%, var(--panel))` }} title={row && number(row.people)}>{row ? share(row.share) : ''}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
