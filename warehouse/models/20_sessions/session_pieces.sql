-- grain: one row per row of session_runs, cut where another campaign brought the visitor; read only where a site wants that
-- reads: session_runs
-- writes: part session_pieces
-- columns:
--   n, is_first, run: as in session_runs
--   campaign: what the last event that names a campaign names: utm_source, utm_medium, utm_campaign and kind of click id
--   piece: number of the piece of the run with one campaign
--   run_started_at, run_ended_at: first and last event of the run
WITH named AS (
  -- Events of one instant name one campaign: sessions are told apart by the time they begin.
  SELECT * EXCLUDE (piece, campaign, run_started_at, run_ended_at),
    max(nullif(concat_ws(' / ', utm_source, utm_medium, utm_campaign, click_id_type), ''))
      OVER (PARTITION BY site_id, visitor_id, ts) AS named,
    min(ts) OVER run AS run_started_at, max(ts) OVER run AS run_ended_at
  FROM session_runs
  WINDOW run AS (PARTITION BY site_id, visitor_id, day, run)
), carried AS (
  SELECT *, last_value(named IGNORE NULLS) OVER (PARTITION BY site_id, visitor_id, day, run ORDER BY n
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS known
  FROM named
)
SELECT * EXCLUDE (named, known), coalesce(named, known) AS campaign,
  count_if(NOT is_first AND named IS NOT NULL AND named IS DISTINCT FROM known) OVER (
    PARTITION BY site_id, visitor_id, day, run ORDER BY n ROWS UNBOUNDED PRECEDING) AS piece
FROM carried
