-- ask: Which channels bring more or fewer visits than in the period before?
-- facts: visits started_at
SELECT channel AS name, count(*) FILTER ({period} = 'now') AS now, count(*) FILTER ({period} = 'before') AS before
FROM visits WHERE {both}
GROUP BY name HAVING now + before >= 10 ORDER BY abs(now - before) / sqrt(now + before) DESC, name LIMIT 10
