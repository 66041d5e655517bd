-- ask: Which sequences of intents are most frequent, and how many of these visits buy?
-- facts: visit_moments started_at
SELECT path AS name, count(*) AS visits, count(*) FILTER (bought) AS bought
FROM (SELECT array_to_string(list(intent ORDER BY started_at, moment_id)[:6], ' > ') AS path,
    bool_or(outcome = 'purchase') IS TRUE AS bought
  FROM visit_moments WHERE {now} GROUP BY session_id)
GROUP BY name ORDER BY visits DESC, name LIMIT 12
