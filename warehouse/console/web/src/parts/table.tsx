import { said, useHeadings } from '../columns';
import { number, t } from '../words';

const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?$/;

export function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean') return t(value ? 'given.yes' : 'given.no');
  return typeof value === 'object' ? JSON.stringify(value) : String(value).replace(TIME, '$1 $2');
}

/** Rows in people's words, of a query of one's own (`raw`) as they are; what is too long scrolls. */
export function Table({ columns, rows, raw }: { columns: string[]; rows: unknown[][]; raw?: boolean }) {
  const heading = useHeadings();
  const figures = columns.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t('table')}>
      <table>
        <thead>
          <tr>{columns.map((name, i) => <th scope="col" class={figures[i] ? 'figure' : ''} title={name}>{raw ? name : heading(name)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>{row.map((value, i) => <td class={typeof value === 'number' ? 'figure' : ''}>{typeof value === 'string' && !raw ? said(columns[i]!, cell(value)) : cell(value)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
