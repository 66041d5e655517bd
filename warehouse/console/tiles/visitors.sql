-- ask: Which visitors were here last?
-- facts: lake visits started_at
-- role: analyst
SELECT visitor_id AS name, arg_max(user_id, started_at) AS user_id, max(ended_at) AS last_at, count(*) AS visits,
  CAST(sum(n_events) AS BIGINT) AS events, count(*) FILTER (n_purchases > 0) AS bought,
  arg_max(device_type, started_at) AS device_type, arg_max(country, started_at) AS country
FROM visits WHERE {now}
GROUP BY name ORDER BY last_at DESC, name LIMIT 30
