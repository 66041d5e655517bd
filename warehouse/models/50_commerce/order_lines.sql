-- grain: one row per item of a purchase or refund event (one row where it names no item)
-- reads: ev
-- writes: days order_lines
-- columns:
--   day: the day (UTC) of the event
--   order_id: as sent, else the event's own id
--   line: 1 for the first item; the event's own columns stand in each line
--   total: value of the event, else the sum of its items; null when it names no amount
--   contents: checksum of the items
--   amount: price * quantity - discount of the item, in currency; null when no price was sent
-- The narrow table that `orders` and everything about money is folded from.
WITH money AS (
  SELECT site_id, coalesce(order_id, CAST(event_id AS VARCHAR)) AS order_id, event, event_id, ts, session_seq, visitor_id, user_id,
    currency, coupon, md5(CAST(items AS VARCHAR)) AS contents, price, quantity, product_id, brand, category,
    coalesce(value, TRY_CAST(list_sum(list_transform(items,
      lambda i: (i.price - coalesce(i.discount, 0)) * coalesce(i.quantity, 1))) AS DECIMAL(18, 4)),
      TRY_CAST(price * coalesce(quantity, 1) AS DECIMAL(18, 4))) AS total,
    coalesce(len(items), 0) = 0 AS alone,
    unnest(CASE WHEN len(items) > 0 THEN items ELSE [NULL] END) AS i,
    unnest(range(1, greatest(coalesce(len(items), 0), 1) + 1)) AS line
  FROM ev WHERE $days AND event IN ('purchase', 'refund')
)
SELECT CAST(ts AS DATE) AS day, site_id, order_id, event, event_id, ts, session_seq, visitor_id, user_id, currency, coupon, total,
  contents, line, CASE WHEN alone THEN product_id ELSE i.item_id END AS product_id, i.item_name AS item_name,
  coalesce(i.item_brand, brand) AS brand, coalesce(i.item_category, category) AS category,
  CASE WHEN alone THEN price ELSE i.price END AS price,
  coalesce(CASE WHEN alone THEN quantity ELSE i.quantity END, 1) AS quantity,
  TRY_CAST((CASE WHEN alone THEN price ELSE i.price - coalesce(i.discount, 0) END)
    * coalesce(CASE WHEN alone THEN quantity ELSE i.quantity END, 1) AS DECIMAL(18, 4)) AS amount
FROM money
