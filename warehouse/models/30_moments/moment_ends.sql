-- grain: one row per moment: what was done last before the next one, or before the session ended
-- reads: ev_sessions, moments
-- writes: view moment_ends
-- columns:
--   last_event, last_at: events that speak for no intent are looked at too, requests of things alone are not
SELECT m.site_id, m.day, m.session_id, m.moment_id, m.intent, m.state, m.topic, e.device_type, e.event AS last_event, e.ts AS last_at
FROM ev_sessions AS e ASOF JOIN moments AS m
  ON e.site_id = m.site_id AND e.session_id = m.session_id AND e.ts >= m.started_at
WHERE e.event <> 'request'
QUALIFY row_number() OVER (PARTITION BY m.site_id, m.moment_id ORDER BY e.ts DESC, e.session_seq DESC, e.event_id DESC) = 1
