-- grain: one row per event of a visitor, with the session it belongs to
-- reads: ev, sessions, people
-- writes: view ev_sessions
-- columns:
--   session_id, session_started_at: the session of the event
--   person_id, person_why: the event's own user, else the session's person
SELECT e.*, s.session_id, s.started_at AS session_started_at,
  coalesce(p.person_id, e.user_id, s.person_id) AS person_id,
  CASE WHEN p.person_id <> e.user_id THEN 'merged' WHEN e.user_id IS NOT NULL THEN 'signed_in' ELSE s.person_why END AS person_why
FROM ev AS e
ASOF JOIN sessions AS s ON e.site_id = s.site_id AND e.visitor_id = s.visitor_id AND e.ts >= s.started_at
LEFT JOIN people AS p ON e.site_id = p.site_id AND e.user_id = p.user_id
