-- grain: one row per order id of a site (a purchase without one is an order of its own)
-- reads: order_lines
-- writes: view order_totals
-- columns:
--   order_id: as sent, else the event id of the purchase
--   currency: of the first purchase; amounts of different currencies are never added
--   gross: value of the first purchase seen, else the sum of its items; 0 where only a refund came
--   refunded: sum of the refunds in the same currency, negative
--   revenue: gross + refunded
--   is_reused: the id came again with other contents; the first is kept
--   is_mixed: a refund came in another currency and is not in refunded
-- What an order is worth, without who placed it: for those who need not look through all sessions.
WITH seen AS (
  SELECT * FROM order_lines WHERE line = 1
), bought AS (
  SELECT site_id, order_id, event_id, ts, visitor_id, user_id, currency, coupon, coalesce(total, 0) AS gross,
    count(*) OVER o AS n_seen, min((currency, total, contents)) OVER o IS DISTINCT FROM
      max((currency, total, contents)) OVER o AS is_reused
  FROM seen WHERE event = 'purchase'
  WINDOW o AS (PARTITION BY site_id, order_id)
  QUALIFY row_number() OVER (PARTITION BY site_id, order_id ORDER BY ts, session_seq, event_id) = 1
), returned AS (
  -- A refund that names no amount gives the whole order back; one without an order stands alone.
  SELECT r.site_id, r.order_id, coalesce(b.currency, min(r.currency)) AS currency, min(r.ts) AS refunded_at,
    sum(-abs(coalesce(r.total, b.gross, 0)))
      FILTER (coalesce(r.currency, b.currency) IS NOT DISTINCT FROM coalesce(b.currency, r.currency)) AS refunded,
    bool_or(r.currency <> b.currency) AS is_mixed
  FROM seen AS r LEFT JOIN bought AS b ON r.site_id = b.site_id AND r.order_id = b.order_id
  WHERE r.event = 'refund' GROUP BY r.site_id, r.order_id, b.currency
)
SELECT coalesce(b.site_id, r.site_id) AS site_id, coalesce(b.order_id, r.order_id) AS order_id, b.event_id,
  coalesce(b.ts, r.refunded_at) AS ordered_at, b.visitor_id, b.user_id, coalesce(b.currency, r.currency) AS currency,
  CAST(coalesce(b.gross, 0) AS DECIMAL(18, 4)) AS gross,
  CAST(coalesce(r.refunded, 0) AS DECIMAL(18, 4)) AS refunded,
  CAST(coalesce(b.gross, 0) + coalesce(r.refunded, 0) AS DECIMAL(18, 4)) AS revenue,
  b.coupon, r.refunded_at, coalesce(b.n_seen, 0) AS n_seen, coalesce(b.is_reused, false) AS is_reused,
  coalesce(r.is_mixed, false) AS is_mixed
FROM bought AS b FULL JOIN returned AS r ON b.site_id = r.site_id AND b.order_id = r.order_id
