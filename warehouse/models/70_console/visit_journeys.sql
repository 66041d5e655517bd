-- grain: one row per visit with moments: the way through its intents
-- reads: visit_moments
-- writes: view visit_journeys
-- columns:
--   day: the day (UTC) the visit began on
--   started_at: of its first moment
--   path: intents of its first six moments, in order
--   bought: a moment of it ended in a purchase
SELECT day, site_id, session_id, any_value(visitor_id) AS visitor_id, min(started_at) AS started_at,
  array_to_string(list(intent ORDER BY started_at, moment_id)[:6], ' > ') AS path, bool_or(outcome = 'purchase') IS TRUE AS bought,
  any_value(channel) AS channel, any_value(social_network) AS social_network, any_value(referrer_domain) AS referrer_domain,
  any_value(utm_campaign) AS utm_campaign, any_value(lang) AS lang, any_value(device_type) AS device_type,
  any_value(os) AS os, any_value(browser) AS browser, any_value(country) AS country
FROM visit_moments GROUP BY day, site_id, session_id
