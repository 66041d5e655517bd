-- grain: one row per cart and currency: from a visitor's first add until the purchase or 24 hours without a change
-- reads: lines, order_lines, sessions, events
-- writes: view carts
-- columns:
--   cart_id: as sent, else the event id of the first change; a cart lives across sessions
--   started_at, changed_at: first and last change
--   quantity, value: what is in the cart after removals; value is of the one currency
--   order_id, ordered_at: the purchase that ended it
--   state: bought, abandoned (24 hours without a change, counted until the newest event), open
--   person_id, person_why: of the session of the last change
WITH changes AS (
  SELECT site_id, visitor_id, event_id, ts, cart_id, currency, product_id, NULL AS order_id,
    CASE WHEN event = 'add_to_cart' THEN quantity ELSE -quantity END AS quantity,
    CASE WHEN event = 'add_to_cart' THEN amount ELSE -amount END AS amount
  FROM lines WHERE event IN ('add_to_cart', 'remove_from_cart') AND visitor_id IS NOT NULL
), marked AS (
  SELECT *, false AS is_purchase FROM changes
  UNION ALL
  SELECT site_id, visitor_id, event_id, ts, NULL, NULL, NULL, order_id, NULL, NULL, true
  FROM order_lines WHERE event = 'purchase' AND line = 1 AND visitor_id IS NOT NULL
), parted AS (
  -- A purchase is the last row of its cart, so the row after it begins another.
  SELECT *, coalesce(lag(is_purchase) OVER w OR ts - lag(ts) OVER w > INTERVAL 24 HOUR, true) AS is_first
  FROM marked WINDOW w AS (PARTITION BY site_id, visitor_id ORDER BY ts, is_purchase, event_id)
), counted AS (
  SELECT *, count_if(is_first) OVER (PARTITION BY site_id, visitor_id ORDER BY ts, is_purchase, event_id ROWS UNBOUNDED PRECEDING) AS life
  FROM parted
), ended AS (
  SELECT *, max(order_id) OVER l AS bought_as, max(ts) FILTER (is_purchase) OVER l AS bought_at,
    min(CASE WHEN NOT is_purchase THEN event_id END) OVER l AS first_id
  FROM counted WINDOW l AS (PARTITION BY site_id, visitor_id, life)
), filled AS (
  SELECT site_id, visitor_id, coalesce(cart_id, CAST(first_id AS VARCHAR)) AS cart_id, currency, min(ts) AS started_at,
    max(ts) AS changed_at, count(DISTINCT product_id) AS n_products, greatest(sum(quantity), 0) AS quantity,
    CAST(greatest(sum(amount), 0) AS DECIMAL(18, 4)) AS value, any_value(bought_as) AS order_id, any_value(bought_at) AS ordered_at
  FROM ended WHERE NOT is_purchase GROUP BY site_id, visitor_id, life, coalesce(cart_id, CAST(first_id AS VARCHAR)), currency
)
SELECT f.*, CASE WHEN f.order_id IS NOT NULL THEN 'bought'
    WHEN f.changed_at < (SELECT max(ts) FROM events) - INTERVAL 24 HOUR THEN 'abandoned' ELSE 'open' END AS state,
  s.session_id, s.user_id, s.person_id, s.person_why
FROM filled AS f
ASOF LEFT JOIN sessions AS s ON f.site_id = s.site_id AND f.visitor_id = s.visitor_id AND f.changed_at >= s.started_at
