-- ask: What revenue does each category earn?
-- chart: bar revenue
SELECT category, currency, sum(amount) AS revenue, sum(quantity) AS items, count(DISTINCT order_id) AS orders
FROM order_items GROUP BY ALL ORDER BY revenue DESC, category, currency
