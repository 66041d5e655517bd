-- item_name comes with items, which the shop does not name.
WITH counted AS MATERIALIZED (SELECT * FROM products)
SELECT product_id, NULL, n_views, n_adds, round(n_adds::numeric / n_views, 4) AS rate FROM counted
WHERE n_views >= (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY n_views) FROM counted WHERE n_views > 0)
ORDER BY rate, n_views DESC, product_id LIMIT 20
