-- grain: one row per order and session of its person in the 30 days before it
-- reads: orders, sessions
-- writes: view touches
-- columns:
--   n: 1 for the first touch of the order, n_touches for the last
--   channel: 'unknown' where nothing is known, so that every order has a touch
SELECT o.site_id, o.order_id, o.ordered_at, o.person_id, o.person_why, o.currency, o.revenue, s.session_id,
  s.started_at AS touched_at, coalesce(s.channel, 'unknown') AS channel, s.social_network, s.utm_source, s.utm_medium, s.utm_campaign,
  row_number() OVER (PARTITION BY o.site_id, o.order_id ORDER BY s.started_at, s.session_id) AS n,
  count(*) OVER (PARTITION BY o.site_id, o.order_id) AS n_touches
FROM orders AS o LEFT JOIN sessions AS s
  ON o.site_id = s.site_id AND o.person_id = s.person_id AND s.started_at <= o.ordered_at
  AND s.started_at >= o.ordered_at - INTERVAL 30 DAY
