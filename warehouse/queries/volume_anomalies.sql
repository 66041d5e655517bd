-- ask: Which hours had far more or fewer events, or none, beside the same hour of other weeks?
-- chart: bar deviation
FROM volume_hours WHERE deviation > 6 ORDER BY deviation DESC, hour LIMIT 50
