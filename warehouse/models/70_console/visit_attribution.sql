-- grain: one row per order and touch, with what is known of the touch's visit to filter by
-- reads: attribution, visits
-- writes: view visit_attribution
-- columns:
--   day: the day (UTC) of the order
--   first_touch, last_touch, linear, time_decay: as in attribution
--   session_id: null when the order came without a visit
SELECT CAST(a.ordered_at AS DATE) AS day, a.site_id, a.session_id, v.visitor_id, a.order_id, a.ordered_at, a.n, a.n_touches, a.currency,
  a.first_touch, a.last_touch, a.linear, a.time_decay, v.channel, v.social_network, v.referrer_domain, v.utm_campaign, v.lang, v.device_type,
  v.os, v.browser, v.country
FROM attribution AS a LEFT JOIN visits AS v ON a.site_id = v.site_id AND a.session_id = v.session_id
