-- ask: Which intent follows which within a visit, and where does it end?
-- facts: visit_moments started_at
SELECT step, source, target, count(*) AS visits
FROM (SELECT row_number() OVER w AS step, intent AS source,
    coalesce(lead(intent) OVER w, CASE WHEN is_answered THEN 'answered' ELSE 'unanswered' END) AS target
  FROM visit_moments WHERE {now} WINDOW w AS (PARTITION BY session_id ORDER BY started_at, moment_id))
WHERE step <= 3 GROUP BY ALL ORDER BY ALL
