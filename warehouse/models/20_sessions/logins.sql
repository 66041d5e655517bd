-- grain: one row per run of one user on one visitor id inside one UTC day
-- reads: ev
-- writes: days logins
-- columns:
--   first_at, last_at: first and last event of the run that named the user
WITH marked AS (
  SELECT site_id, visitor_id, user_id, CAST(ts AS DATE) AS day, ts, row_number() OVER w AS n,
    lag(user_id) OVER w IS DISTINCT FROM user_id AS is_first
  FROM ev WHERE $days AND visitor_id IS NOT NULL AND user_id IS NOT NULL
  WINDOW w AS (PARTITION BY site_id, visitor_id, CAST(ts AS DATE) ORDER BY ts, session_seq, event_id)
), runs AS (
  SELECT *, count_if(is_first) OVER (PARTITION BY site_id, visitor_id, day ORDER BY n
    ROWS UNBOUNDED PRECEDING) AS run
  FROM marked
)
SELECT site_id, day, visitor_id, user_id, min(ts) AS first_at, max(ts) AS last_at, count(*) AS n_events
FROM runs GROUP BY site_id, day, visitor_id, user_id, run
