-- grain: one row per session: a visitor's events, each at most 30 minutes after the one before; midnight does not cut
-- reads: visits, identities, people
-- writes: view sessions
-- columns:
--   day: the day (UTC) the session began on; conditions on it or on started_at read the files of these days alone
--   session_id: event_id of the session's first event
--   client_session_id: the sender's own id, for comparison
--   started_at, ended_at: first and last event
--   seconds: ended_at - started_at
--   user_id: the last user seen in the session
--   users: how many users were signed in during it
--   person_id: the signed-in user, else the one user of the visitor (identities), else 'v:' + visitor_id; unique in its site
--   person_why: signed_in, merged (signed in, and merged into another user), only_user, rule, shared, visitor (never signed in)
--   channel, social_network, social_kind, utm_source, utm_medium, utm_campaign: of the first event that has one
--   referrer_domain: of the first event that came from another site
--   products: products viewed, 100 at most
--   net: the social network when one is known, else the channel
--   currency: of the session's first event that has one
--   is_bounce, bounced: a single page view and nothing else; what is told of decisions does not count
--   consent_analytics, consent_personalization, consent_ads, consent_version, consent_gpc: as last known in the session
SELECT w.site_id, w.day, w.session_id, w.visitor_id, w.user_id, len(w.users) AS users,
  coalesce(p.person_id, w.user_id, i.person_id, 'v:' || w.visitor_id) AS person_id,
  CASE WHEN p.person_id <> w.user_id THEN 'merged' WHEN w.user_id IS NOT NULL THEN 'signed_in'
    ELSE coalesce(i.person_why, 'visitor') END AS person_why,
  w.started_at, w.ended_at, epoch(w.ended_at - w.started_at) AS seconds, w.n_events, w.n_views, w.n_searches,
  w.n_items, w.n_adds, w.n_purchases, w.products, w.n_events - w.n_decisions = 1 AND w.n_views = 1 AS is_bounce,
  is_bounce AS bounced, w.entry_path, w.exit_path,
  w.referrer_domain, w.channel, w.social_network, coalesce(w.social_network, w.channel) AS net, w.social_kind, w.utm_source, w.utm_medium, w.utm_campaign,
  w.lang, w.device_type, w.timezone, w.currency, w.os, w.browser, w.country, w.region, w.city, w.client_session_id, w.consent_analytics,
  w.consent_personalization, w.consent_ads, w.consent_version, w.consent_gpc, w.jurisdiction
FROM visits AS w
LEFT JOIN people AS p ON w.site_id = p.site_id AND w.user_id = p.user_id
LEFT JOIN identities AS i ON w.site_id = i.site_id AND w.visitor_id = i.visitor_id
