-- ask: After which searches does nobody open a result?
-- chart: bar searches
SELECT norm, count(*) AS searches, count(DISTINCT visitor_id) AS visitors
FROM searches GROUP BY norm HAVING NOT bool_or(is_clicked) ORDER BY searches DESC, norm LIMIT 50
