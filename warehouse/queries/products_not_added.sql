-- ask: Which products are much viewed and little added to carts?
-- chart: bar n_views
SELECT product_id, item_name, n_views, n_adds, round(n_adds / n_views, 4) AS rate FROM products
WHERE n_views >= (SELECT quantile_cont(n_views, 0.9) FROM products WHERE n_views > 0)
ORDER BY rate, n_views DESC, product_id LIMIT 20
