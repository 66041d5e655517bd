-- grain: one row per site and action
-- reads: decisions, orders
-- writes: view actions
-- columns:
--   shown, held_out: visitors the action was shown to, and who were chosen for it and left alone to compare
--   rate, base: share of them with an order within 7 days of the first such decision
--   uplift: rate / base - 1
--   low, high: 95 % interval of rate - base (normal approximation)
WITH chosen AS (
  SELECT site_id, action, visitor_id, bool_or(is_holdout IS TRUE) AS is_holdout, min(coalesce(shown_at, decided_at)) AS since
  FROM decisions WHERE visitor_id IS NOT NULL AND (shown_at IS NOT NULL OR is_holdout)
  GROUP BY site_id, action, visitor_id
), followed AS (
  -- Not EXISTS: its times make DuckDB compare every choice with every order.
  SELECT c.*, coalesce(bool_or(o.ordered_at >= c.since AND o.ordered_at < c.since + INTERVAL 7 DAY), false) AS bought
  FROM chosen AS c LEFT JOIN orders AS o ON o.site_id = c.site_id AND o.visitor_id = c.visitor_id
  GROUP BY ALL
), counted AS (
  SELECT site_id, action, count_if(NOT is_holdout) AS shown, count_if(is_holdout) AS held_out,
    avg(CAST(bought AS INTEGER)) FILTER (NOT is_holdout) AS rate,
    avg(CAST(bought AS INTEGER)) FILTER (is_holdout) AS base
  FROM followed GROUP BY site_id, action
)
SELECT *, rate / nullif(base, 0) - 1 AS uplift,
  rate - base - 1.96 * sqrt(rate * (1 - rate) / shown + base * (1 - base) / held_out) AS low,
  rate - base + 1.96 * sqrt(rate * (1 - rate) / shown + base * (1 - base) / held_out) AS high
FROM counted
