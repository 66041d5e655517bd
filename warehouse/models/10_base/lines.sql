-- grain: one row per item of a commerce event (the event's own product where it names no items)
-- reads: ev
-- writes: view lines
-- columns:
--   product_id: item_id of the item; null for a cart event that names no product
--   page_title: of the page a product was looked at on by itself
--   quantity: 1 when not sent
--   amount: price * quantity - discount, in currency; null when no price was sent
-- One pass over the events: two halves, with items and without, took 1.2 to 1.6 times as long.
SELECT site_id, event_id, event, ts, visitor_id, user_id, order_id, cart_id, currency,
  CASE WHEN alone THEN product_id ELSE i.item_id END AS product_id, i.item_name AS item_name,
  CASE WHEN event = 'view_item' AND coalesce(len(items), 0) <= 1 THEN page_title END AS page_title,
  coalesce(i.item_brand, brand) AS brand, coalesce(i.item_category, category) AS category,
  CASE WHEN alone THEN price ELSE i.price END AS price,
  coalesce(CASE WHEN alone THEN quantity ELSE i.quantity END, 1) AS quantity,
  TRY_CAST((CASE WHEN alone THEN price ELSE i.price - coalesce(i.discount, 0) END)
    * coalesce(CASE WHEN alone THEN quantity ELSE i.quantity END, 1) AS DECIMAL(18, 4)) AS amount
FROM (
  SELECT *, coalesce(len(items), 0) = 0 AS alone, unnest(CASE WHEN len(items) > 0 THEN items ELSE [NULL] END) AS i
  FROM ev WHERE product_id IS NOT NULL OR event IN ('add_to_cart', 'remove_from_cart') OR len(items) > 0
)
