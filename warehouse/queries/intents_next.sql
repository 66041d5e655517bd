-- ask: Which intent follows which within a session?
-- chart: bar moments
SELECT intent, coalesce(after, 'nothing') AS after, count(*) AS moments FROM (
  SELECT *, lead(intent) OVER (PARTITION BY site_id, session_id ORDER BY started_at) AS after FROM moments)
GROUP BY ALL ORDER BY moments DESC
