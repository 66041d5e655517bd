// Names with a bar behind the words; a click filters everything by the name.
import type { Filter } from '../state';
import { read, toggleFilter } from '../state';
import { label, number } from '../words';
import { Intent } from './intent';

export interface Line {
  name: string | null;
  value: number;
  /** The value in words, where it is not a plain number. */
  shown?: string;
  second?: string;
  worse?: boolean;
  /** The name is no real one: an id. */
  muted?: boolean;
  intent?: string | null;
}

export function List({ lines, filter }: { lines: Line[]; filter: Filter | null }) {
  const most = Math.max(1, ...lines.map((line) => line.value));
  const chosen = filter ? read().query.getAll(filter) : [];
  return (
    <ul class="list">
      {lines.map((line) => {
        const text = label(filter, line.name);
        const inside = (
          <>
            <span class="bar" style={{ width: `${(line.value / most) * 100}%` }} />
            <span class={line.muted ? 'name quiet' : 'name'} title={text}><Intent name={line.intent ?? null} /> <bdi>{text}</bdi></span>
            {line.second && <span class={line.worse ? 'second worse' : 'second'}>{line.second}</span>}
            <b>{line.shown ?? number(line.value)}</b>
          </>
        );
        return (
          <li key={`${line.intent ?? ''}${line.name}`}>
            {filter ? (
              <button class="line" aria-pressed={chosen.includes(line.name ?? '')} onClick={() => toggleFilter(filter, line.name ?? '')}>{inside}</button>
            ) : (
              <div class="line">{inside}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
