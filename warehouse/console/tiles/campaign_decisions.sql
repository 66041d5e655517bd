-- ask: What was decided of each campaign last, in which visit?
-- facts: lake decided ts
-- role: analyst
WITH latest AS (
  SELECT * FROM decided WHERE {days} AND action IS NOT NULL AND (chosen OR holdout)
  QUALIFY row_number() OVER (PARTITION BY action ORDER BY ts DESC, decision_id) <= 8
), visits AS (
  SELECT CAST(event_id AS VARCHAR) AS decision_id, CAST(session_id AS VARCHAR) AS session_id
  FROM ev_sessions WHERE {site} AND event = 'decision' AND ts >= {begin} AND ts < {end}
)
SELECT action AS name, ts, place, variant, intent, lang, why, holdout, shown_at, clicked_at, dismissed, session_id
FROM latest LEFT JOIN visits USING (decision_id) ORDER BY ts DESC, decision_id
