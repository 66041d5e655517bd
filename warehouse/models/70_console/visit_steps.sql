-- grain: one row per moment of a visit, with what came after it in the visit
-- reads: visit_moments
-- writes: view visit_steps
-- columns:
--   step: 1 for the first moment of the visit
--   source: the moment's intent
--   target: the next moment's intent; after the last one answered or unanswered, as this one ended
--   link: step, source and target, as the console filters by it
SELECT day, site_id, session_id, visitor_id, started_at, row_number() OVER w AS step, intent AS source,
  coalesce(lead(intent) OVER w, CASE WHEN is_answered THEN 'answered' ELSE 'unanswered' END) AS target,
  concat_ws('-', step, source, target) AS link, channel, social_network, referrer_domain, utm_campaign, lang, device_type, os, browser, country
FROM visit_moments
WINDOW w AS (PARTITION BY site_id, day, session_id ORDER BY started_at, moment_id)
