-- ask: Which topics are asked for and not answered?
-- chart: bar unanswered
SELECT intent, topic_query, topic_category, lang, count_if(state IN ('abandoned', 'expired')) AS unanswered, count(*) AS moments
FROM moments WHERE topic IS NOT NULL AND state <> 'open'
GROUP BY ALL HAVING unanswered > 0 ORDER BY unanswered DESC, 1, 2, 3, 4 LIMIT 30
