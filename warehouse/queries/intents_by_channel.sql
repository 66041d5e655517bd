-- ask: Which intents does each channel bring, and how many are answered?
-- chart: bar moments
SELECT s.channel, m.intent, count(*) AS moments, round(avg(CAST(m.state IN ('satisfied', 'converted') AS INT)), 3) AS answered
FROM moments AS m JOIN sessions AS s USING (site_id, session_id)
GROUP BY ALL ORDER BY moments DESC, s.channel, m.intent
