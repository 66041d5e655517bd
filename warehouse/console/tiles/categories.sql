-- ask: What revenue does each category earn, in each currency?
-- facts: lake visit_order_items ordered_at
SELECT currency, category AS name, sum(amount) AS revenue, sum(quantity) AS items, count(DISTINCT order_id) AS orders
FROM visit_order_items WHERE {now}
GROUP BY ALL ORDER BY currency, revenue DESC, name
