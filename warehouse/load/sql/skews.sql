-- grain: one row per visitor and session with batches in this load: the last clock skews seen, their median
-- reads: batch, skew (what earlier loads saw)
-- writes: temp table chain
CREATE OR REPLACE TEMP TABLE chain AS
SELECT chain, max(seen_at) AS seen_at, list_median(recent)::BIGINT AS skew_us, recent
FROM (
  SELECT batch.chain, max(batch.ts_received) AS seen_at,
    list_concat(coalesce(any_value(skew.recent), []), list(batch.skew_us ORDER BY batch.line_no))[-15:] AS recent
  FROM batch LEFT JOIN skew ON skew.chain = batch.chain
  WHERE batch.chain IS NOT NULL
  GROUP BY batch.chain
) GROUP BY ALL;
