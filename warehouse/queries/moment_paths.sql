-- ask: Which paths of moments lead to a purchase? (an intent that goes on counts as one step)
-- chart: bar orders
SELECT array_to_string(list_filter(intents, lambda x, i: x IS DISTINCT FROM intents[i - 1]), ' > ') AS path, currency,
  round(avg(len(intents)), 1) AS moments, count(*) AS orders, sum(revenue) AS revenue
FROM journeys WHERE len(intents) > 0 GROUP BY ALL ORDER BY orders DESC, path, currency LIMIT 30
