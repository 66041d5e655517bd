-- ask: Which of the products compared in a session is put into the cart?
-- chart: bar wins
SELECT c.product_a, c.product_b, s.product_id AS winner, count(DISTINCT s.session_id) AS wins
FROM comparisons AS c JOIN ev_sessions AS s ON s.session_id = c.session_id AND s.event = 'add_to_cart'
  AND s.product_id IN (c.product_a, c.product_b)
GROUP BY ALL ORDER BY wins DESC, 1, 2, 3 LIMIT 30
