-- grain: one row per order id of a site (a purchase without one is an order of its own)
-- reads: ev, identities, people
-- writes: view orders
-- columns:
--   order_id: as sent, else the event id of the purchase
--   currency: of the first purchase; amounts of different currencies are never added
--   gross: value of the first purchase seen, else the sum of its items
--   refunded: sum of the refunds in the same currency, negative
--   revenue: gross + refunded
--   person_id: the user of the order, else whom the visitor stood for then, else the visitor id
--   is_reused: the id came again with other contents; the first is kept
--   is_mixed: a refund came in another currency and is not in refunded
WITH seen AS (
  SELECT site_id, coalesce(order_id, CAST(event_id AS VARCHAR)) AS order_id, event, event_id, ts, visitor_id,
    user_id, currency, coupon, CAST(items AS VARCHAR) AS contents,
    coalesce(value, TRY_CAST(list_sum(list_transform(items,
      lambda i: (i.price - coalesce(i.discount, 0)) * coalesce(i.quantity, 1))) AS DECIMAL(18, 4)),
      TRY_CAST(price * coalesce(quantity, 1) AS DECIMAL(18, 4))) AS amount
  FROM ev WHERE event IN ('purchase', 'refund')
), bought AS (
  SELECT site_id, order_id, event_id, ts, visitor_id, user_id, currency, coupon, coalesce(amount, 0) AS gross,
    count(*) OVER o AS n_seen, min((currency, amount, contents)) OVER o IS DISTINCT FROM
      max((currency, amount, contents)) OVER o AS is_reused
  FROM seen WHERE event = 'purchase'
  WINDOW o AS (PARTITION BY site_id, order_id)
  QUALIFY row_number() OVER (PARTITION BY site_id, order_id ORDER BY ts, event_id) = 1
), returned AS (
  -- A refund that names no amount gives the whole order back; one without an order stands alone.
  SELECT r.site_id, r.order_id, coalesce(b.currency, min(r.currency)) AS currency, min(r.ts) AS refunded_at,
    sum(-abs(coalesce(r.amount, b.gross, 0)))
      FILTER (coalesce(r.currency, b.currency) IS NOT DISTINCT FROM coalesce(b.currency, r.currency)) AS refunded,
    bool_or(r.currency <> b.currency) AS is_mixed
  FROM seen AS r LEFT JOIN bought AS b ON r.site_id = b.site_id AND r.order_id = b.order_id
  WHERE r.event = 'refund' GROUP BY r.site_id, r.order_id, b.currency
), whole AS (
  SELECT coalesce(b.site_id, r.site_id) AS site_id, coalesce(b.order_id, r.order_id) AS order_id, b.event_id,
    coalesce(b.ts, r.refunded_at) AS ordered_at, b.visitor_id, b.user_id, coalesce(b.currency, r.currency) AS currency,
    CAST(coalesce(b.gross, 0) AS DECIMAL(18, 4)) AS gross,
    CAST(coalesce(r.refunded, 0) AS DECIMAL(18, 4)) AS refunded,
    CAST(coalesce(b.gross, 0) + coalesce(r.refunded, 0) AS DECIMAL(18, 4)) AS revenue,
    b.coupon, r.refunded_at, coalesce(b.n_seen, 0) AS n_seen, coalesce(b.is_reused, false) AS is_reused,
    coalesce(r.is_mixed, false) AS is_mixed
  FROM bought AS b FULL JOIN returned AS r ON b.site_id = r.site_id AND b.order_id = r.order_id
)
SELECT w.*, coalesce(p.person_id, w.user_id, i.person_id, w.visitor_id) AS person_id
FROM whole AS w
LEFT JOIN people AS p ON w.site_id = p.site_id AND w.user_id = p.user_id
LEFT JOIN identities AS i
  ON w.site_id = i.site_id AND w.visitor_id = i.visitor_id AND w.ordered_at >= i.since AND w.ordered_at < i.until
