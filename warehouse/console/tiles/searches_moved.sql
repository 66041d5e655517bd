-- ask: Which searches grew or shrank most against the period before?
-- facts: visit_searches ts
SELECT norm AS name, mode(intent) AS intent, count(*) FILTER ({period} = 'now') AS now,
  count(*) FILTER ({period} = 'before') AS before, count(*) FILTER ({period} = 'now' AND results = 0) AS not_found
FROM visit_searches WHERE {both}
GROUP BY name HAVING now + before >= 10 ORDER BY abs(now - before) / sqrt(now + before) DESC, name LIMIT 10
