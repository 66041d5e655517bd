-- ask: Which intents does each channel bring, and how many are answered?
-- facts: visit_moments started_at
-- filter: channel
SELECT channel AS name, intent, count(*) AS moments, count(*) FILTER (is_answered) AS answered
FROM visit_moments WHERE {now}
GROUP BY ALL ORDER BY ALL
