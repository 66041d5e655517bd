-- ask: What is searched most, with which intent, and how often is nothing found?
-- facts: visit_searches ts
-- filter: search
SELECT norm AS name, mode(intent) AS intent, count(*) AS searches, count(DISTINCT visitor_id) AS visitors,
  count(*) FILTER (results = 0) AS not_found, count(*) FILTER (results > 0 AND NOT is_clicked) AS not_clicked
FROM visit_searches WHERE {now}
GROUP BY name ORDER BY searches DESC, name LIMIT 7
