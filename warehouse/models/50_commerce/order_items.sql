-- grain: one row per item of an order (the first purchase seen of each order id)
-- reads: orders, lines
-- writes: view order_items
-- columns:
--   amount: price * quantity - discount of the item, in the order's currency
SELECT o.site_id, o.order_id, o.ordered_at, o.visitor_id, o.currency, l.product_id, l.item_name, l.brand, l.category,
  l.price, l.quantity, l.amount
FROM orders AS o
JOIN (SELECT * FROM lines WHERE event = 'purchase') AS l ON o.site_id = l.site_id AND o.event_id = l.event_id
