-- grain: one row per page view, with what is known of its visit to filter by
-- reads: ev, visits
-- writes: view visit_pages
-- columns:
--   day: the day (UTC) of the view
--   lang: language of the pages of the visit
SELECT CAST(e.ts AS DATE) AS day, e.site_id, v.session_id, e.visitor_id, e.ts, coalesce(e.url_path, '') AS url_path,
  v.channel, v.social_network, v.referrer_domain, v.utm_campaign, v.lang, v.device_type,
  v.os, v.browser, v.country
FROM (SELECT site_id, visitor_id, ts, url_path FROM ev WHERE event = 'page_view') AS e
ASOF JOIN visits AS v ON e.site_id = v.site_id AND e.visitor_id = v.visitor_id AND e.ts >= v.started_at
