-- ask: How many moments of each intent, how sure are we, how many are answered?
-- chart: bar moments
SELECT intent, count(*) AS moments, round(avg(confidence), 3) AS confidence,
  round(avg(CAST(state IN ('satisfied', 'converted') AS INT)), 3) AS answered
FROM moments GROUP BY intent ORDER BY moments DESC, intent
