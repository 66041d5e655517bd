-- ask: Which searches find something that nobody opens?
-- facts: visit_searches ts
-- filter: search
SELECT norm AS name, mode(intent) AS intent, count(*) FILTER (results > 0 AND NOT is_clicked) AS not_clicked, count(*) AS searches
FROM visit_searches WHERE {now}
GROUP BY name HAVING not_clicked > 0 ORDER BY not_clicked DESC, name LIMIT 10
