-- grain: one row per session as its events tell it; who the visitor is, `sessions` adds
-- reads: session_parts
-- writes: days visits
-- columns:
--   day: the day (UTC) the session began on
--   session_id: event_id of the session's first event
--   started_at, ended_at: first and last event
--   user_id: the last user seen in the session; users: all of them
--   n_decisions: events that tell of decisions (decision, decision_shown ...)
--   products: products viewed, 100 at most
WITH parts AS (
  SELECT *, started_at AS ts,
    run_started_at <= day + INTERVAL 30 MINUTE OR run_ended_at >= day + INTERVAL '23:30:00' AS at_edge
  FROM session_parts
), near AS (
  SELECT * FROM parts WHERE $around
), marked AS (
  -- Only runs that touch the half hours around a midnight can go on in another day.
  SELECT *, coalesce(started_at - lag(ended_at) OVER w > INTERVAL 30 MINUTE, true) AS is_first
  FROM near WHERE at_edge
  WINDOW w AS (PARTITION BY site_id, visitor_id ORDER BY started_at)
), carried AS (
  -- The campaign known when a run begins; '' when the session before is over and none is. All null where nothing is cut by it.
  SELECT *, last_value(CASE WHEN is_first THEN coalesce(campaign, '') ELSE campaign END IGNORE NULLS) OVER (
    PARTITION BY site_id, visitor_id ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS known
  FROM marked
), chained AS (
  SELECT *, count_if(is_first OR coalesce(campaign <> known, false)) OVER (PARTITION BY site_id, visitor_id ORDER BY started_at
    ROWS UNBOUNDED PRECEDING) AS chain
  FROM carried
), whole AS (
  SELECT site_id, visitor_id, part_id AS session_id, started_at, started_at AS ts, ended_at, n_events, n_views, n_searches, n_items, n_adds,
    n_purchases, n_decisions, products, users, user_id, entry_path, exit_path, referrer_domain, channel, social_network, social_kind, utm_source,
    utm_medium, utm_campaign, lang, device_type, timezone, currency, os, browser, country, region, city, client_session_id,
    consent_analytics, consent_personalization, consent_ads, consent_version, consent_gpc, jurisdiction
  FROM near WHERE NOT at_edge
  UNION ALL
  SELECT site_id, visitor_id, arg_min(part_id, started_at), min(started_at), min(started_at), max(ended_at),
    CAST(sum(n_events) AS BIGINT), CAST(sum(n_views) AS BIGINT), CAST(sum(n_searches) AS BIGINT),
    CAST(sum(n_items) AS BIGINT), CAST(sum(n_adds) AS BIGINT), CAST(sum(n_purchases) AS BIGINT), CAST(sum(n_decisions) AS BIGINT),
    list_sort(list_distinct(flatten(list(products))))[:100],
    list_sort(list_distinct(flatten(list(users)))), arg_max(user_id, started_at), arg_min(entry_path, started_at), arg_max(exit_path, started_at),
    arg_min(referrer_domain, started_at), arg_min(channel, started_at), arg_min(social_network, started_at),
    arg_min(social_kind, started_at), arg_min(utm_source, started_at), arg_min(utm_medium, started_at),
    arg_min(utm_campaign, started_at), arg_min(lang, started_at), arg_min(device_type, started_at), arg_min(timezone, started_at), arg_min(currency, started_at),
    arg_min(os, started_at), arg_min(browser, started_at), arg_min(country, started_at),
    arg_min(region, started_at), arg_min(city, started_at), arg_min(client_session_id, started_at),
    arg_max(consent_analytics, started_at), arg_max(consent_personalization, started_at),
    arg_max(consent_ads, started_at), arg_max(consent_version, started_at), arg_max(consent_gpc, started_at),
    arg_max(jurisdiction, started_at)
  FROM chained GROUP BY site_id, visitor_id, chain
)
SELECT * EXCLUDE (ts), CAST(started_at AS DATE) AS day FROM whole WHERE $days
