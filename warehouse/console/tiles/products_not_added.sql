-- ask: Which products are much looked at and little put into the cart?
-- facts: lake visit_products ts
SELECT product_id AS name, coalesce(arg_max(item_name, ts), arg_max(page_title, ts)) AS item_name,
  count(DISTINCT visitor_id) FILTER (event = 'view_item') AS viewers,
  count(DISTINCT visitor_id) FILTER (event = 'add_to_cart') AS adders
FROM visit_products WHERE {now}
GROUP BY name HAVING viewers > 0 QUALIFY percent_rank() OVER (ORDER BY viewers) >= 0.75
ORDER BY adders / viewers, viewers DESC, name LIMIT 10
