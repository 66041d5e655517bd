-- ask: Which intents in which language, and how many are answered?
-- chart: bar moments
SELECT lang, intent, count(*) AS moments, round(avg(CAST(state IN ('satisfied', 'converted') AS INT)), 3) AS answered
FROM moments GROUP BY ALL ORDER BY moments DESC, lang, intent
