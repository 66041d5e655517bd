-- ask: What do people search, per intent and language (buy now, near me ...), this week against last?
-- chart: bar this_week
SELECT intent, lang, topic_query AS topic, count_if(started_at > l - INTERVAL 7 DAY) AS this_week, count(*) - this_week AS week_before
FROM moments, (SELECT max(started_at) AS l FROM moments)
WHERE topic_query > '' AND started_at > l - INTERVAL 14 DAY
GROUP BY ALL ORDER BY 4 DESC, 3, 1, 2 LIMIT 30
