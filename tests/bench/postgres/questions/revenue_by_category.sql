SELECT l.category, o.currency, sum(l.amount), sum(l.quantity), count(DISTINCT o.order_id)
FROM orders AS o JOIN lines AS l ON l.site_id = o.site_id AND l.event_id = o.event_id AND l.event = 'purchase'
GROUP BY 1, 2
