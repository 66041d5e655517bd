-- ask: In which languages is searched, and how often is nothing found?
-- facts: visit_searches ts
SELECT search_lang AS name, count(*) AS searches, count(*) FILTER (results = 0) AS not_found
FROM visit_searches WHERE {now}
GROUP BY name ORDER BY searches DESC, name LIMIT 10
