-- ask: Which intents are answered how often in which language, compared with the period before?
-- facts: visit_moments started_at
SELECT {period} AS period, intent, topic_lang, count(*) AS moments, count(*) FILTER (is_answered) AS answered
FROM visit_moments WHERE {both}
GROUP BY ALL ORDER BY ALL
