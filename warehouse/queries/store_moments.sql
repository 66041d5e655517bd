-- ask: Where (geohash) and when are shops looked for?
-- chart: bar moments
SELECT e.geohash5, e.city, hour(m.started_at) AS hour, count(*) AS moments, count_if(state IN ('satisfied', 'converted')) AS answered
FROM moments AS m JOIN ev AS e ON e.site_id = m.site_id AND CAST(e.event_id AS VARCHAR) = m.moment_id
WHERE m.intent = 'go' GROUP BY ALL ORDER BY moments DESC, hour
