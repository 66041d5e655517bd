-- ask: Which events came far more often than usual, in which week on which device?
-- chart: bar deviation
SELECT site_id, event, week, device_type, n, round(usual, 1) AS usual, round(deviation, 1) AS deviation
FROM event_weeks WHERE deviation > 4 ORDER BY event_weeks.deviation DESC, week, event LIMIT 50
