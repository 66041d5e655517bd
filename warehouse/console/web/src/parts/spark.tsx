/** A line of a few values, from zero; for the eye alone, the figures stand beside it. */
export function Spark({ values }: { values: number[] }) {
  if (values.length < 2) return null;
  const top = Math.max(...values, 1e-9);
  const points = values.map((value, i) => `${((i / (values.length - 1)) * 76 + 2).toFixed(1)},${(20 - (value / top) * 17).toFixed(1)}`);
  return (
    <svg class="spark" viewBox="0 0 80 22" width="80" height="22" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}
