-- grain: one row per search, with what is known of its visit to filter by
-- reads: searches, visits
-- writes: view visit_searches
-- columns:
--   day: the day (UTC) of the search
--   norm: normalised text of the query: the same search written differently counts as one
--   results: number of results the site reported; null when it did not
--   is_clicked: a result was opened within 30 minutes and before the next search
--   intent: what the search wants: know, go, do or buy; null when none of these
--   lang: language of the pages of the visit
SELECT CAST(s.ts AS DATE) AS day, s.site_id, v.session_id, s.visitor_id, s.ts, s.query, s.norm, s.lang AS search_lang,
  s.results, s.is_clicked, nullif(s.intent, 'none') AS intent, v.channel, v.social_network, v.referrer_domain, v.utm_campaign, v.lang, v.device_type,
  v.os, v.browser, v.country
FROM searches AS s
ASOF JOIN visits AS v ON s.site_id = v.site_id AND s.visitor_id = v.visitor_id AND s.ts >= v.started_at
