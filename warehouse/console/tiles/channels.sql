-- ask: Which channels bring the visitors, and which of these buy?
-- facts: visits started_at
-- filter: channel
SELECT channel AS name, count(DISTINCT visitor_id) AS visitors, count(*) AS visits,
  count(*) FILTER (n_purchases > 0) AS bought
FROM visits WHERE {now}
GROUP BY name ORDER BY visitors DESC, name LIMIT 7
