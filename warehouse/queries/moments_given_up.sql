-- ask: What was the last thing people did in moments that were not answered, per device?
-- chart: bar given_up
SELECT m.intent, event AS last_event, device_type, count(*) AS given_up, min(ts) AS since, max(ts) AS "until"
FROM moments m JOIN ev_sessions USING (site_id, session_id)
WHERE state IN ('abandoned', 'expired') AND ts = m.ended_at AND event <> 'request' GROUP BY ALL ORDER BY given_up DESC, 1, 2, 3
