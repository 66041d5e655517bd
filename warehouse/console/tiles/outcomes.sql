-- ask: How do the moments of each intent end?
-- facts: visit_moments started_at
SELECT intent, state, count(*) AS moments
FROM visit_moments WHERE {now}
GROUP BY ALL ORDER BY ALL
