-- ask: Which hours had far more or fewer events, or none, beside the same hour of other weeks?
-- facts: lake volume_hours hour
SELECT hour, n, usual, round(deviation, 1) AS deviation
FROM volume_hours WHERE {site} AND hour >= {begin} AND hour < {end} AND deviation > 6
ORDER BY deviation DESC, hour LIMIT 20
