-- ask: By which signals are the moments of each intent recognised?
-- facts: visit_moments started_at
SELECT intent, signal AS name, count(*) AS moments
FROM (SELECT intent, unnest(signals) AS signal FROM visit_moments WHERE {now})
GROUP BY intent, signal QUALIFY row_number() OVER (PARTITION BY intent ORDER BY moments DESC, name) <= 5 ORDER BY intent, moments DESC, name
