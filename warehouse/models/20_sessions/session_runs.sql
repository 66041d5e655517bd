-- grain: one row per event of a visitor, with the run of events it belongs to
-- reads: ev
-- writes: part session_runs
-- columns:
--   n: place of the event in the visitor's day (UTC)
--   is_first: whether a run begins with it
--   run: number of the run: events 30 minutes apart at most, inside one day
--   piece, campaign, run_started_at, run_ended_at: as in session_pieces, where sessions are cut by campaign
WITH marked AS (
  SELECT *, CAST(ts AS DATE) AS day,
    row_number() OVER w AS n, coalesce(ts - lag(ts) OVER w > INTERVAL 30 MINUTE, true) AS is_first
  FROM ev WHERE $days AND visitor_id IS NOT NULL
  WINDOW w AS (PARTITION BY site_id, visitor_id, CAST(ts AS DATE) ORDER BY ts, session_seq, event_id)
)
SELECT *, count_if(is_first) OVER (PARTITION BY site_id, visitor_id, day ORDER BY n ROWS UNBOUNDED PRECEDING) AS run,
  0 AS piece, CAST(NULL AS VARCHAR) AS campaign,
  CAST(NULL AS TIMESTAMP) AS run_started_at, CAST(NULL AS TIMESTAMP) AS run_ended_at
FROM marked
