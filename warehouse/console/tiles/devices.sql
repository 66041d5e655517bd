-- ask: Which devices do visitors use?
-- facts: visits started_at
-- filter: device_type
SELECT device_type AS name, count(DISTINCT visitor_id) AS visitors, count(*) AS visits,
  count(*) FILTER (n_purchases > 0) AS bought
FROM visits WHERE {now}
GROUP BY name ORDER BY visitors DESC, name LIMIT 7
