-- grain: one row per session: a visitor's events, each at most 30 minutes after the one before; midnight does not cut
-- reads: visits, identities
-- writes: view sessions
-- columns:
--   day: the day (UTC) the session began on; conditions on it or on started_at read the files of these days alone
--   session_id: event_id of the session's first event
--   client_session_id: the sender's own id, for comparison
--   started_at, ended_at: first and last event
--   seconds: ended_at - started_at
--   user_id: the last user seen in the session
--   person_id: whom the visitor stood for at that time (identities), else the visitor id
--   channel, referrer_domain, social_network, social_kind, utm_source, utm_medium, utm_campaign: of the first event that has one
--   products: products viewed, 100 at most
--   is_bounce: a single page view and nothing else
--   consent_analytics, consent_personalization, consent_ads, consent_version, consent_gpc: as last known in the session
SELECT w.site_id, w.day, w.session_id, w.visitor_id, w.user_id, coalesce(i.person_id, w.visitor_id) AS person_id,
  w.started_at, w.ended_at, epoch(w.ended_at - w.started_at) AS seconds, w.n_events, w.n_views, w.n_searches,
  w.n_items, w.n_adds, w.n_purchases, w.products, w.n_events = 1 AND w.n_views = 1 AS is_bounce, w.entry_path, w.exit_path,
  w.referrer_domain, w.channel, w.social_network, w.social_kind, w.utm_source, w.utm_medium, w.utm_campaign,
  w.lang, w.device_type, w.os, w.browser, w.country, w.region, w.city, w.client_session_id, w.consent_analytics,
  w.consent_personalization, w.consent_ads, w.consent_version, w.consent_gpc, w.jurisdiction
FROM visits AS w LEFT JOIN identities AS i
  ON w.site_id = i.site_id AND w.visitor_id = i.visitor_id AND w.started_at >= i.since AND w.started_at < i.until
