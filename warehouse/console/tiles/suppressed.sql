-- ask: Why were campaigns not shown in these days?
-- facts: lake suppressions ts
WITH told AS (
  SELECT action, reason, n FROM suppressions WHERE {site} AND ts >= {begin} AND ts < {end}
  UNION ALL
  SELECT action, suppressed_by, 1 FROM decided WHERE {days} AND suppressed_by IS NOT NULL AND NOT holdout
)
SELECT action AS name, reason, sum(n)::BIGINT AS times FROM told GROUP BY ALL ORDER BY times DESC, name, reason LIMIT 200
