-- grain: one row per cart and currency: a cart id, else what a visitor put together in one session
-- reads: lines, visits, orders
-- writes: view carts
-- columns:
--   cart_id: as sent, else the session id
--   quantity, value: what is in the cart after removals; value is of the one currency
--   state: bought (an order of the visitor within 24 hours of the last change), abandoned (nothing for an hour), open
WITH touched AS (
  SELECT l.site_id, l.visitor_id, l.user_id, coalesce(l.cart_id, CAST(s.session_id AS VARCHAR)) AS cart_id, l.currency,
    l.ts, l.product_id, l.quantity * (CASE WHEN l.event = 'add_to_cart' THEN 1 ELSE -1 END) AS quantity,
    l.amount * (CASE WHEN l.event = 'add_to_cart' THEN 1 ELSE -1 END) AS amount
  FROM (SELECT * FROM lines WHERE event IN ('add_to_cart', 'remove_from_cart') AND visitor_id IS NOT NULL) AS l
  ASOF JOIN visits AS s ON l.site_id = s.site_id AND l.visitor_id = s.visitor_id AND l.ts >= s.started_at
), filled AS (
  SELECT site_id, cart_id, currency, arg_max(visitor_id, ts) AS visitor_id, arg_max(user_id, ts) AS user_id,
    min(ts) AS started_at, max(ts) AS changed_at, count(DISTINCT product_id) AS n_products,
    greatest(sum(quantity), 0) AS quantity, CAST(greatest(sum(amount), 0) AS DECIMAL(18, 4)) AS value
  FROM touched GROUP BY site_id, cart_id, currency
)
SELECT f.*,
  CASE WHEN o.ordered_at <= f.changed_at + INTERVAL 24 HOUR THEN o.order_id END AS order_id,
  CASE WHEN o.ordered_at <= f.changed_at + INTERVAL 24 HOUR THEN o.ordered_at END AS ordered_at,
  CASE WHEN o.ordered_at <= f.changed_at + INTERVAL 24 HOUR THEN 'bought'
    WHEN f.changed_at < CAST(current_timestamp AS TIMESTAMP) - INTERVAL 1 HOUR THEN 'abandoned'
    ELSE 'open' END AS state
FROM filled AS f
ASOF LEFT JOIN (SELECT * FROM orders WHERE event_id IS NOT NULL AND visitor_id IS NOT NULL) AS o
  ON f.site_id = o.site_id AND f.visitor_id = o.visitor_id AND f.started_at <= o.ordered_at
