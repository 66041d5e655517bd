-- grain: one row per product of a site
-- reads: lines
-- writes: view products
-- columns:
--   n_views, n_adds, n_removes, n_orders: events that named the product
--   quantity: units bought (refunds are in orders)
--   brand, category, item_name: as last sent
SELECT site_id, product_id, arg_max(item_name, ts) AS item_name, arg_max(brand, ts) AS brand,
  arg_max(category, ts) AS category, count(*) FILTER (event = 'view_item') AS n_views,
  count(*) FILTER (event = 'add_to_cart') AS n_adds, count(*) FILTER (event = 'remove_from_cart') AS n_removes,
  count(*) FILTER (event = 'purchase') AS n_orders, coalesce(sum(quantity) FILTER (event = 'purchase'), 0) AS quantity,
  count(DISTINCT visitor_id) FILTER (event = 'view_item') AS n_viewers, max(ts) AS last_at
FROM lines WHERE product_id IS NOT NULL GROUP BY site_id, product_id
