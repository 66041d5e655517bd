-- ask: How many visitors and visits are there, and how many of these buy?
-- facts: visits started_at
SELECT {period} AS period, {bucket} AS bucket, count(DISTINCT visitor_id) AS visitors, count(*) AS visits,
  count(*) FILTER (n_purchases > 0) AS bought
FROM visits WHERE {both} GROUP BY ALL
UNION ALL
SELECT {period} AS period, NULL AS bucket, count(DISTINCT visitor_id) AS visitors, count(*) AS visits,
  count(*) FILTER (n_purchases > 0) AS bought
FROM visits WHERE {both} GROUP BY ALL
ORDER BY ALL
