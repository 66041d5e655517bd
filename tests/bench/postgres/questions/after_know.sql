SELECT coalesce(after, 'nothing'), count(*) FROM (
  SELECT intent, lead(intent) OVER (PARTITION BY site_id, visitor_id ORDER BY started_at) AS after FROM moments
) AS m
WHERE intent = 'know' GROUP BY after
