// What somebody did, in plain words; the same thing done several times in a row is one line.
import type { Row } from '../api';
import { day, has, number, t, utc } from '../words';
import { Decision } from './decision';

const WHATS = 3;

export const clock = (text: string): string => day(utc(text), { hour: '2-digit', minute: '2-digit', second: '2-digit' });

interface Run {
  ts: string;
  event: string;
  whats: string[];
  n: number;
  first: Row;
}

function runs(steps: Row[]): Run[] {
  const found: Run[] = [];
  for (const step of steps) {
    const last = found.at(-1);
    if (last?.event !== step.event || step.decision) found.push({ ts: step.ts, event: step.event, whats: [step.what], n: 1, first: step });
    else {
      last!.n += 1;
      last!.whats.push(step.what);
    }
  }
  return found.map((run) => ({ ...run, whats: [...new Set(run.whats.filter(Boolean))] }));
}

export function Steps({ steps, site }: { steps: Row[]; site: string }) {
  return (
    <ol class="steps">
      {runs(steps).map((run) => (
        <li>
          <time>{clock(run.ts)}</time>
          {run.first.decision ? <Decision step={run.first} site={site} /> : <><span>{has(`event.${run.event}`) ? t(`event.${run.event}`) : run.event.replaceAll('_', ' ')}{run.n > 1 && ` × ${number(run.n)}`}</span>
          <bdi>{run.whats.slice(0, WHATS).join(', ')}{run.whats.length > WHATS && ' …'}</bdi></>}
        </li>
      ))}
    </ol>
  );
}
