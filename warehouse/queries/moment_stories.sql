-- ask: What happened in the twenty richest sessions, told as stories?
SELECT any_value(visitor_id) AS visitor, min(started_at) AS began, string_agg(intent || ' ' || coalesce(topic, '?') || ' ('
  || round(confidence, 2) || ') ' || coalesce(outcome, state), ', then ' ORDER BY started_at) AS story
FROM moments GROUP BY site_id, session_id ORDER BY -count(), 2,1 LIMIT 20
