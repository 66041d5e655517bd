-- ask: With what do visits begin that end in an order?
-- chart: bar orders
SELECT e.event AS first_event, s.channel, count(*) AS visits, count_if(s.n_purchases > 0) AS orders,
  round(orders / visits, 3) AS share
FROM sessions AS s JOIN ev AS e ON e.site_id = s.site_id AND e.event_id = s.session_id
GROUP BY ALL ORDER BY orders DESC, visits, 1, 2 LIMIT 30
