SELECT lang, norm, count(*) AS searches, count(DISTINCT visitor_id)
FROM searches WHERE results = 0 GROUP BY lang, norm ORDER BY searches DESC, norm, lang LIMIT 50
