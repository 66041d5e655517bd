-- ask: In which week did far more or fewer visits end in an order than usual?
-- chart: bar orders
SELECT site_id, week, visits, CAST(orders AS BIGINT) AS orders, round(usual, 1) AS usual, round(deviation, 1) AS deviation
FROM order_weeks WHERE usual > 0 ORDER BY site_id, week
