-- grain: one row per order id of a site (a purchase without one is an order of its own)
-- reads: order_totals, sessions, people
-- writes: view orders
-- columns:
--   order_id, currency, gross, refunded, revenue, is_reused, is_mixed: as in order_totals
--   session_id: the session the purchase was made in; null when it came without a visitor
--   person_id: the user of the order, else the session's person
--   person_why: as in sessions; null when nobody is known
SELECT w.*, s.session_id, coalesce(p.person_id, w.user_id, s.person_id) AS person_id,
  CASE WHEN p.person_id <> w.user_id THEN 'merged' WHEN w.user_id IS NOT NULL THEN 'signed_in' ELSE s.person_why END AS person_why
FROM order_totals AS w
LEFT JOIN people AS p ON w.site_id = p.site_id AND w.user_id = p.user_id
ASOF LEFT JOIN sessions AS s ON w.site_id = s.site_id AND w.visitor_id = s.visitor_id AND w.ordered_at >= s.started_at
