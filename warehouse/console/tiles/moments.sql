-- ask: How many moments of each intent are there over time, and how many are answered?
-- facts: visit_moments started_at
SELECT {period} AS period, {bucket} AS bucket, intent, count(*) AS moments,
  count(*) FILTER (is_answered) AS answered
FROM visit_moments WHERE {both}
GROUP BY ALL ORDER BY ALL
