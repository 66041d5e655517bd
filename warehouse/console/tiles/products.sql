-- ask: Which products are looked at, put into the cart and bought?
-- facts: lake visit_products ts
SELECT product_id AS name, coalesce(arg_max(item_name, ts), arg_max(page_title, ts)) AS item_name,
  count(DISTINCT visitor_id) FILTER (event = 'view_item') AS viewers,
  count(DISTINCT visitor_id) FILTER (event = 'add_to_cart') AS adders, count(DISTINCT visitor_id) FILTER (event = 'purchase') AS buyers
FROM visit_products WHERE {now}
GROUP BY name ORDER BY viewers DESC, name LIMIT 10
