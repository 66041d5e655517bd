-- ask: Which products are compared in one visit, and which of the two is put into the cart?
-- facts: lake visit_comparisons started_at
WITH named AS (
  SELECT product_id, coalesce(arg_max(item_name, ts), arg_max(page_title, ts)) AS item_name FROM visit_products WHERE {days} GROUP BY product_id
), pairs AS (
  SELECT product_a, product_b, count(*) AS visits, count(a.product_id) AS added_a, count(b.product_id) AS added_b
  FROM (FROM visit_comparisons WHERE {now}) AS c
  LEFT JOIN (SELECT DISTINCT session_id, product_id FROM visit_products WHERE {site} AND event = 'add_to_cart') AS a
    ON c.session_id = a.session_id AND c.product_a = a.product_id
  LEFT JOIN (SELECT DISTINCT session_id, product_id FROM visit_products WHERE {site} AND event = 'add_to_cart') AS b
    ON c.session_id = b.session_id AND c.product_b = b.product_id
  GROUP BY ALL ORDER BY visits DESC, product_a, product_b LIMIT 10
)
SELECT product_a, product_b, visits, added_a, added_b, a.item_name AS name_a, b.item_name AS name_b
FROM pairs LEFT JOIN named AS a ON a.product_id = product_a LEFT JOIN named AS b ON b.product_id = product_b
ORDER BY visits DESC, product_a, product_b
