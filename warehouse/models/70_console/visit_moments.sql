-- grain: one row per micro-moment, with what is known of its visit to filter by
-- reads: moments, visits
-- writes: view visit_moments
-- columns:
--   day: the day (UTC) the session began on
--   lang: language of the pages of the visit
--   topic_lang: language of the search, else of the page
--   state: open, satisfied, converted (these two are answered), abandoned, expired
--   is_answered: satisfied or converted
--   seconds_to_outcome: from the start to the answer
--   signals: names of the signals that said most
SELECT m.day, m.site_id, m.session_id, m.visitor_id, m.moment_id, m.intent, m.confidence, m.lang AS topic_lang, m.topic,
  m.topic_type, m.started_at, m.ended_at, m.n_events, m.state, m.state IN ('satisfied', 'converted') AS is_answered,
  m.outcome, m.outcome_value, m.seconds_to_outcome, [x.signal FOR x IN m.evidence] AS signals,
  v.channel, v.social_network, v.referrer_domain, v.utm_campaign, v.lang, v.device_type,
  v.os, v.browser, v.country
FROM moments AS m
LEFT JOIN visits AS v ON m.day = v.day AND m.site_id = v.site_id AND m.session_id = v.session_id
