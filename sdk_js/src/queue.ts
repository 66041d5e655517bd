// Events wait here until they are sent: in order, bounded, mirrored in the journal where the person agreed.
import { queueEventsMax } from './config';
import { forget } from './journal';
import { lost } from './report';

export interface Item {
  id: string;
  /** The batch context this event belongs to, as JSON: events with equal context may share a batch. '' = not yet known. */
  ctx: string;
  /** The event as it goes over the wire, as JSON. */
  ev: string;
  /** The page it waits on, see journal.ts. */
  token: string;
  /** Refused by a wrong setting: not to be tried before, ms. */
  till?: number;
}

/** What is in flight is not in it: it may arrive, and is not dropped for the newest. */
export let items: Item[] = [];

export const push = (item: Item): void => {
  if (items.push(item) > queueEventsMax) {
    forget([items.shift()!]);
    lost('cap');
  }
};

export const empty = (): unknown => (items = []);
