-- ask: Which products are compared in one session?
-- chart: bar sessions
SELECT product_a, product_b, category, count(*) AS sessions
FROM comparisons GROUP BY ALL ORDER BY sessions DESC, product_a, product_b LIMIT 30
