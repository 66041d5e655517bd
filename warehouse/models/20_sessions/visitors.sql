-- grain: one row per visitor id
-- reads: sessions
-- writes: view visitors
-- columns:
--   person_id, person_why: whom it stood for in its last session, and why (sessions)
--   user_id: the last user seen on this visitor id
--   channel, country, device_type, lang: of the first session that has one
SELECT site_id, visitor_id, arg_max(user_id, started_at) AS user_id,
  arg_max(person_id, started_at) AS person_id, arg_max(person_why, started_at) AS person_why, min(started_at) AS first_seen_at,
  max(ended_at) AS last_seen_at, count(*) AS n_sessions, CAST(sum(n_events) AS BIGINT) AS n_events,
  CAST(sum(n_views) AS BIGINT) AS n_views, CAST(sum(n_purchases) AS BIGINT) AS n_purchases,
  arg_min(channel, started_at) AS channel, arg_min(country, started_at) AS country,
  arg_min(device_type, started_at) AS device_type, arg_min(lang, started_at) AS lang
FROM sessions GROUP BY site_id, visitor_id
