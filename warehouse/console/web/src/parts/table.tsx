import { number, t } from '../words';

const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?$/;

export function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return number(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value).replace(TIME, '$1 $2');
}

/** Rows as they are; what is too long scrolls. */
export function Table({ columns, rows }: { columns: string[]; rows: unknown[][] }) {
  const figures = columns.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t('table')}>
      <table>
        <thead>
          <tr>{columns.map((name, i) => <th scope="col" class={figures[i] ? 'figure' : ''}>{name}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>{row.map((value) => <td class={typeof value === 'number' ? 'figure' : ''}>{cell(value)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
