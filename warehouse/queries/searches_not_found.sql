-- ask: What do people search in vain, per language?
-- chart: bar searches
SELECT lang, norm, count(*) AS searches, count(DISTINCT visitor_id) AS visitors
FROM asked WHERE results = 0 GROUP BY ALL ORDER BY searches DESC, norm, lang LIMIT 50
