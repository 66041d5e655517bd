-- grain: one row per moment of one session, in order
-- reads: moments
-- writes: macro moments_of(session, site := '%')
-- columns:
--   n: 1 for the first
--   gap_seconds: since the moment before it ended
SELECT row_number() OVER w AS n, *, epoch(started_at - lag(ended_at) OVER w) AS gap_seconds
FROM moments WHERE session_id = TRY_CAST(session AS UUID) AND site_id LIKE site
WINDOW w AS (PARTITION BY site_id ORDER BY started_at, moment_id)
