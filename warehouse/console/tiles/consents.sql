-- ask: Who consents to what, per jurisdiction?
-- facts: lake consents answered_at
SELECT jurisdiction, purpose, count(*) FILTER (granted) AS yes, count(*) FILTER (NOT granted) AS refused
FROM consents WHERE {site} AND answered_at >= {begin} AND answered_at < {end}
GROUP BY ALL ORDER BY ALL
