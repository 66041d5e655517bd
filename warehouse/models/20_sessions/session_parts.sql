-- grain: one row per visitor's run of events, 30 minutes apart at most (and of one campaign, if that cuts), inside one UTC day
-- reads: session_pieces
-- writes: days session_parts
-- columns:
--   part_id: event_id of the run's first event
--   products: products viewed, 100 at most
--   users: users that were signed in
--   n_decisions: events that tell of decisions (decision, decision_shown ...)
--   started_at, ended_at: first and last event
--   campaign: the campaign the run is of, where sessions are cut by campaign ([sessions] of hetk.toml)
--   run_started_at, run_ended_at: the same as started_at and ended_at, without these cuts
SELECT site_id, day, visitor_id, arg_min(event_id, n) AS part_id, min(ts) AS started_at, max(ts) AS ended_at,
  count(*) AS n_events, count(*) FILTER (event = 'page_view') AS n_views, count(*) FILTER (event = 'search') AS n_searches,
  count(*) FILTER (event = 'view_item') AS n_items, count(*) FILTER (event = 'add_to_cart') AS n_adds,
  count(*) FILTER (event = 'purchase') AS n_purchases,
  count(*) FILTER (event IN ('decision', 'decision_shown', 'decision_clicked', 'decision_explained', 'decision_dismissed', 'decision_suppressed')) AS n_decisions,
  list_sort(list_distinct(list(product_id) FILTER (event = 'view_item' AND product_id IS NOT NULL)))[:100] AS products,
  list_sort(list_distinct(list(user_id) FILTER (user_id IS NOT NULL))) AS users, arg_max(user_id, n) AS user_id, arg_min(url_path, n) AS entry_path, arg_max(url_path, n) AS exit_path,
  arg_min(referrer_domain, n) FILTER (channel IS DISTINCT FROM 'internal') AS referrer_domain, arg_min(channel, n) AS channel,
  arg_min(social_network, n) AS social_network, arg_min(social_kind, n) AS social_kind,
  arg_min(utm_source, n) AS utm_source, arg_min(utm_medium, n) AS utm_medium,
  arg_min(utm_campaign, n) AS utm_campaign, arg_min(page_lang, n) AS lang, arg_min(device_type, n) AS device_type,
  arg_min(timezone, n) AS timezone, arg_min(currency, n) AS currency,
  arg_min(os, n) AS os, arg_min(browser, n) AS browser, arg_min(country, n) AS country,
  arg_min(region, n) AS region, arg_min(city, n) AS city, arg_min(client_session_id, n) AS client_session_id,
  arg_max(consent_analytics, n) AS consent_analytics,
  arg_max(consent_personalization, n) AS consent_personalization, arg_max(consent_ads, n) AS consent_ads,
  arg_max(consent_version, n) AS consent_version, arg_max(consent_gpc, n) AS consent_gpc,
  arg_max(jurisdiction, n) AS jurisdiction, any_value(CASE WHEN $campaign_cut THEN campaign END) AS campaign,
  coalesce(any_value(run_started_at), min(ts)) AS run_started_at, coalesce(any_value(run_ended_at), max(ts)) AS run_ended_at
FROM session_pieces
GROUP BY site_id, day, visitor_id, run, CASE WHEN $campaign_cut THEN piece END
