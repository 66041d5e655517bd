// What follows what: columns of intents, bands between them as broad as the visits that went this way.
import { read, toggleFilter, useWidth } from '../state';
import { number, passage } from '../words';

export interface Link {
  step: number;
  source: string;
  target: string;
  visits: number;
  link: string;
}

const HEIGHT = 400;
const ORDER = ['know', 'go', 'do', 'buy', 'answered', 'unanswered'];
const GAP = 14;
const GAP_MAX = 64; // few and small nodes are spread, but stay together
const NODE_MAX = 200; // a single band is no wall
const NODE_MIN = 4;
const BAR = 12;

interface Node {
  name: string;
  visits: number;
  y: number;
  height: number;
  out: number;
  into: number;
}

export function Sankey({ links, label }: { links: Link[]; label: string }) {
  const [box, width] = useWidth();
  const last = Math.max(...links.map((link) => link.step));
  const columns = Array.from({ length: last + 1 }, (_, i) => column(links, i + 1));
  const tallest = Math.max(...columns.map((nodes) => nodes.reduce((sum, node) => sum + node.visits, 0)));
  const largest = Math.max(...columns.flat().map((node) => node.visits));
  const unit = Math.min((HEIGHT - 5 * GAP) / tallest, NODE_MAX / largest);
  for (const node of columns.flat()) node.height = Math.max(NODE_MIN, node.visits * unit);
  const filled = (nodes: Node[], gap: number) => nodes.reduce((sum, node) => sum + node.height + gap, -gap);
  const bottom = Math.max(...columns.map((nodes) => filled(nodes, GAP)));
  for (const nodes of columns) {
    const gap = Math.min(GAP_MAX, GAP + (bottom - filled(nodes, GAP)) / Math.max(1, nodes.length - 1));
    let y = (bottom - filled(nodes, gap)) / 2;
    for (const node of nodes) {
      node.y = y;
      y += node.height + gap;
    }
  }
  const x = (i: number) => (i / last) * (width - 130);
  const bands = [...links].sort((a, b) => ORDER.indexOf(a.source) - ORDER.indexOf(b.source) || ORDER.indexOf(a.target) - ORDER.indexOf(b.target)).map((link) => {
    const from = columns[link.step - 1]!.find((node) => node.name === link.source)!;
    const to = columns[link.step]!.find((node) => node.name === link.target)!;
    const high = link.visits * unit;
    const [y1, y2] = [from.y + from.out + high / 2, to.y + to.into + high / 2];
    from.out += high;
    to.into += high;
    const [x1, x2] = [x(link.step - 1) + BAR, x(link.step)];
    return { link, high, path: `M${x1},${y1}C${(x1 + x2) / 2},${y1} ${(x1 + x2) / 2},${y2} ${x2},${y2}` };
  });
  const chosen = read().query.getAll('follows');
  return (
    <div class="chart" ref={box}>
      {width > 0 && (
        <svg width={width} height={bottom + 10} role="group" aria-label={label}>
          {bands.map(({ link, high, path }) => {
            const text = `${number(link.step)}. ${passage(link.source)} → ${passage(link.target)}: ${number(link.visits)}`;
            const choose = () => toggleFilter('follows', link.link);
            return (
              <path class={`band ${link.source}`} d={path} stroke-width={Math.max(2, high)} role="button" tabindex={0} aria-label={text} aria-pressed={chosen.includes(link.link)} onClick={choose} onKeyDown={(event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(); } }}>
                <title>{text}</title>
              </path>
            );
          })}
          {columns.map((nodes, i) => nodes.map((node) => (
            <g>
              <rect class={`node ${node.name}`} x={x(i)} y={node.y} width={BAR} height={node.height} rx="2" />
              <text class="axis over" x={x(i) + BAR + 6} y={node.y + node.height / 2 + 4}>{passage(node.name)} {number(node.visits)}</text>
            </g>
          )))}
        </svg>
      )}
    </div>
  );
}

function column(links: Link[], step: number): Node[] {
  const sums = new Map<string, number>();
  const out = links.filter((link) => link.step === step);
  const into = links.filter((link) => link.step === step - 1);
  for (const link of out) sums.set(link.source, (sums.get(link.source) ?? 0) + link.visits);
  const arrived = new Map<string, number>();
  for (const link of into) arrived.set(link.target, (arrived.get(link.target) ?? 0) + link.visits);
  for (const [target, visits] of arrived) sums.set(target, Math.max(sums.get(target) ?? 0, visits));
  return ORDER.filter((word) => sums.has(word)).map((word) => ({ name: word, visits: sums.get(word)!, y: 0, height: 0, out: 0, into: 0 }));
}
