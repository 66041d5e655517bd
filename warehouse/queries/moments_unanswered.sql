-- ask: Which topics are asked for and not answered?
-- chart: bar unanswered
SELECT intent, topic_type, topic, lang, count_if(outcome IS NULL) AS unanswered, count(*) AS moments
FROM moments WHERE topic IS NOT NULL AND state <> 'open'
GROUP BY ALL HAVING unanswered > 0 ORDER BY unanswered DESC, topic, 1, 2, 4 LIMIT 30
