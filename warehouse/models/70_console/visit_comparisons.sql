-- grain: one row per visit and pair of products of one category looked at in it
-- reads: comparisons, visits
-- writes: view visit_comparisons
-- columns:
--   day: the day (UTC) the visit began on
--   product_a, product_b: in alphabetical order
SELECT v.day, c.site_id, c.session_id, c.visitor_id, c.started_at, c.category, c.product_a, c.product_b, v.channel, v.social_network, v.referrer_domain, v.utm_campaign, v.lang, v.device_type,
  v.os, v.browser, v.country
FROM comparisons AS c JOIN visits AS v ON c.site_id = v.site_id AND c.session_id = v.session_id
