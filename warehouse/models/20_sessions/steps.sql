-- grain: one row per event of a visitor, with the session it belongs to
-- reads: ev, visits
-- writes: view steps
-- columns:
--   session_id, session_started_at: the session of the event
SELECT e.*, s.session_id, s.started_at AS session_started_at
FROM ev AS e
ASOF JOIN visits AS s ON e.site_id = s.site_id AND e.visitor_id = s.visitor_id AND e.ts >= s.started_at
