-- ask: What came far more often than usual in visits that looked at products and took none, and when?
-- chart: bar deviation
SELECT site_id, event, week, visits, round(usual, 1) AS usual, round(deviation, 1) AS deviation
FROM empty_weeks WHERE deviation > 3 ORDER BY empty_weeks.deviation DESC, week, event LIMIT 50
