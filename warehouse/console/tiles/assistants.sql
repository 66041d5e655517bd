-- ask: Which AI assistants send visitors?
-- facts: visits started_at
-- filter: referrer_domain
SELECT referrer_domain AS name, count(DISTINCT visitor_id) AS visitors, count(*) AS visits,
  count(*) FILTER (n_purchases > 0) AS bought
FROM visits WHERE {now} AND channel = 'ai_assistant'
GROUP BY name ORDER BY visitors DESC, name LIMIT 7
