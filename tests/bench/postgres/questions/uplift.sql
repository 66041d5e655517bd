WITH chosen AS (
  SELECT site_id, action, visitor_id, bool_or(is_holdout IS TRUE) AS is_holdout, min(coalesce(shown_at, decided_at)) AS since
  FROM decisions WHERE visitor_id IS NOT NULL AND (shown_at IS NOT NULL OR is_holdout) GROUP BY 1, 2, 3
), followed AS (
  SELECT c.*, coalesce(bool_or(o.ordered_at >= c.since AND o.ordered_at < c.since + interval '7 days'), false) AS bought
  FROM chosen AS c LEFT JOIN orders AS o ON o.site_id = c.site_id AND o.visitor_id = c.visitor_id
  GROUP BY c.site_id, c.action, c.visitor_id, c.is_holdout, c.since
), counted AS (
  SELECT site_id, action, count(*) FILTER (WHERE NOT is_holdout) AS shown, count(*) FILTER (WHERE is_holdout) AS held_out,
    avg(bought::int) FILTER (WHERE NOT is_holdout) AS rate, avg(bought::int) FILTER (WHERE is_holdout) AS base
  FROM followed GROUP BY 1, 2
), bounded AS (
  SELECT *, 1.96 * sqrt(rate * (1 - rate) / shown + base * (1 - base) / held_out) AS margin FROM counted
)
SELECT site_id, action, shown, held_out, round(rate, 4), round(base, 4), rate / nullif(base, 0) - 1,
  rate - base - margin, rate - base + margin
FROM bounded
