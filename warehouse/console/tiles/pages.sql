-- ask: Which pages are read most?
-- facts: visit_pages ts
-- filter: page
SELECT url_path AS name, count(DISTINCT visitor_id) AS visitors, count(*) AS views
FROM visit_pages WHERE {now}
GROUP BY name ORDER BY visitors DESC, name LIMIT 7
