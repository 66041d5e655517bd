-- ask: Which campaigns bring visitors?
-- facts: visits started_at
-- filter: utm_campaign
SELECT utm_campaign AS name, count(DISTINCT visitor_id) AS visitors, count(*) AS visits,
  count(*) FILTER (n_purchases > 0) AS bought
FROM visits WHERE {now} AND utm_campaign IS NOT NULL
GROUP BY name ORDER BY visitors DESC, name LIMIT 7
