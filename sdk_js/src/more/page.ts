// Views and clicks of a page come in; what kind of page it is, what was searched for and found, and which product it shows go out.
import { searched } from '../capture/query';
import { linked, pageType, product } from '../capture/page';
import { rank, results } from '../capture/results';
import type { Props, Recorded } from '../track';
import type { Item } from '../queue';

const drawMs = 300; // an app draws its page after its address has changed
const ownMs = 500; // who reports products themselves has done so by then

export interface Page {
  /** A view was recorded. */
  view(e: Recorded, item: Item): void;
  /** Any other event was: what a page tells itself is not told again. */
  heard(event: string): void;
  /** What waits for the page to be drawn is told now. */
  hurry(): void;
  search(query: string): void;
  picked(link: Element): void;
  type(): string | undefined;
}

/** `typed` gets each page's type and its view, which may still wait to be sent. */
export function follow(track: (event: string, props: Props) => unknown, guard: (fn: () => unknown) => () => void, typed: (type: string | undefined, e: Recorded, item: Item) => void): Page {
  let query: string | undefined;
  let type: string | undefined;
  let own = new Set<string>();
  let waiting: (() => void)[] = [];

  const soon = (ms: number, work: () => unknown): void => {
    const once = guard(() => {
      if (!waiting.includes(once)) return;
      waiting = waiting.filter(other => other != once);
      work();
    });
    waiting.push(once);
    const begin = (): unknown => setTimeout(once, ms);
    if (document.readyState == 'loading') addEventListener('DOMContentLoaded', begin, { once: true });
    else begin();
  };
  const search = (said: string, data: any[] = linked()): void => {
    if (said != query && !own.has('search')) track('search', { query: said, results: results(data) });
    query = said;
  };

  return {
    search,
    heard: event => own.add(event),
    hurry: () => waiting.forEach(work => work()),
    type: () => type,
    view(e, item) {
      waiting.forEach(work => work());
      own = new Set();
      type = undefined;
      const address = location.search;
      soon(e.seq ? drawMs : 0, () => {
        const data = linked();
        typed((type = pageType(data)), e, item);
        const [said, further] = searched(address);
        if (further) query = said;
        if (said) search(said, data);
        else query = undefined;
        const shown = product(data);
        if (shown) soon(ownMs, () => own.has('view_item') || track('view_item', shown));
      });
    },
    picked(link) {
      const position = query && rank(link);
      if (!position) return;
      const of = query;
      own.delete('select_item');
      soon(0, () => own.has('select_item') || track('select_item', { query: of, position }));
    },
  };
}
