-- grain: one row per cart and currency, with what is known of the visit of its last change to filter by
-- reads: carts, visits
-- writes: view visit_carts
-- columns:
--   day: the day (UTC) the cart was begun
--   state, value, quantity: as in carts
SELECT CAST(c.started_at AS DATE) AS day, c.site_id, c.session_id, c.visitor_id, c.started_at, c.changed_at, c.currency, c.n_products,
  c.quantity, c.value, c.state, v.channel, v.social_network, v.referrer_domain, v.utm_campaign, v.lang, v.device_type,
  v.os, v.browser, v.country
FROM carts AS c LEFT JOIN visits AS v ON c.site_id = v.site_id AND c.session_id = v.session_id
