-- ask: Which intents at which hour of the day on which device? (UTC)
-- chart: bar moments
SELECT m.intent, hour(m.started_at) AS hour, s.device_type, count(*) AS moments
FROM moments AS m JOIN sessions AS s USING (site_id, session_id)
GROUP BY ALL ORDER BY ALL
