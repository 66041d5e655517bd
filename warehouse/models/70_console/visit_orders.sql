-- grain: one row per order, with what is known of the visit it was placed in to filter by
-- reads: order_totals, visits
-- writes: view visit_orders
-- columns:
--   day: the day (UTC) of the order
--   revenue: after refunds, in currency
--   session_id: null when the order came without a visit
--   lang: language of the pages of the visit
SELECT CAST(o.ordered_at AS DATE) AS day, o.site_id, v.session_id, o.visitor_id, o.order_id, o.ordered_at, o.currency, o.revenue,
  v.channel, v.social_network, v.referrer_domain, v.utm_campaign, v.lang, v.device_type,
  v.os, v.browser, v.country
FROM order_totals AS o
ASOF LEFT JOIN visits AS v ON o.site_id = v.site_id AND o.visitor_id = v.visitor_id AND o.ordered_at >= v.started_at
