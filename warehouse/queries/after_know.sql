-- ask: What follows a know moment, or another?
-- intent: know, go, do, buy
-- chart: bar moments
SELECT coalesce(after, 'nothing') AS after, count(*) AS moments FROM (
  SELECT *, lead(intent) OVER (PARTITION BY site_id, visitor_id ORDER BY started_at) AS after FROM moments)
WHERE intent = coalesce(getvariable('intent'), 'know') GROUP BY ALL ORDER BY moments DESC, after
