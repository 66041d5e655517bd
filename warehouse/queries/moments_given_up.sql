-- ask: What was the last thing people did in moments that were not answered, per device?
-- chart: bar given_up
SELECT m.intent, e.event AS last_event, e.device_type, count(*) AS given_up, min(e.ts) AS first_at, max(e.ts) AS last_at
FROM moments m JOIN ev_sessions e USING (site_id, session_id)
WHERE m.outcome IS NULL AND e.ts = m.ended_at AND e.event <> 'request' GROUP BY ALL ORDER BY given_up DESC, 1, 2, 3
