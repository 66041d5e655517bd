-- ask: Which searches find nothing?
-- facts: visit_searches ts
-- filter: search
SELECT norm AS name, mode(intent) AS intent, count(*) FILTER (results = 0) AS not_found, count(*) AS searches
FROM visit_searches WHERE {now}
GROUP BY name HAVING not_found > 0 ORDER BY not_found DESC, name LIMIT 10
