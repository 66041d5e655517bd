-- grain: one row per item of an order (the first purchase seen of each order id)
-- reads: orders, order_lines
-- writes: view order_items
-- columns:
--   amount: price * quantity - discount of the item, in the order's currency
--   person_id, person_why: as in orders
SELECT o.site_id, o.order_id, o.ordered_at, o.visitor_id, o.person_id, o.person_why, o.currency, l.product_id, l.item_name, l.brand,
  l.category, l.price, l.quantity, l.amount
FROM orders AS o JOIN order_lines AS l ON o.site_id = l.site_id AND o.event_id = l.event_id
WHERE l.product_id IS NOT NULL OR l.contents IS NOT NULL
