SELECT norm, count(*) AS searches, count(DISTINCT visitor_id)
FROM searches GROUP BY norm HAVING NOT bool_or(is_clicked) ORDER BY searches DESC, norm LIMIT 50
