-- ask: What is wanted and stays unanswered most?
-- facts: visit_moments started_at
SELECT topic AS name, intent, count(*) FILTER (NOT is_answered) AS unanswered, count(*) AS moments
FROM visit_moments WHERE {now} AND topic IS NOT NULL AND state <> 'open'
GROUP BY ALL HAVING unanswered > 0 ORDER BY unanswered DESC, name, intent LIMIT 7
