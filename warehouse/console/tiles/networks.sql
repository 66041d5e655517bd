-- ask: Which social networks bring visitors?
-- facts: visits started_at
-- filter: social_network
SELECT social_network AS name, count(DISTINCT visitor_id) AS visitors, count(*) AS visits,
  count(*) FILTER (n_purchases > 0) AS bought
FROM visits WHERE {now} AND social_network IS NOT NULL
GROUP BY name ORDER BY visitors DESC, name LIMIT 7
