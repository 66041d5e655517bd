SELECT m.intent, extract(hour FROM m.started_at), s.device_type, count(*)
FROM moments AS m JOIN visits AS s USING (site_id, session_id) GROUP BY 1, 2, 3
