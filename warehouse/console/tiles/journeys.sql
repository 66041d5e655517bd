-- ask: Which sequences of intents are most frequent, and how many of these visits buy?
-- facts: visit_journeys started_at
-- filter: journey
SELECT path AS name, count(*) AS visits, count(*) FILTER (bought) AS bought
FROM visit_journeys WHERE {now}
GROUP BY name ORDER BY visits DESC, name LIMIT 12
