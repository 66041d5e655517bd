-- grain: one row per event of this load that is neither stored already nor refused, all columns of events
-- reads: staged, batch, page, search, known
-- writes: nothing, the loader copies it into the lake
SELECT
  event_id, staged.site_id, event, batch.m.p AS protocol, lib, schema_ok,
  ts, ts_client, batch.ts_sent, staged.ts_received, ts_mark,
  staged.visitor_id, user_id, client_session_id, session_seq, staged.id_mode,
  ctx.consent.analytics AS consent_analytics, ctx.consent.personalization AS consent_personalization,
  ctx.consent.ads AS consent_ads, ctx.consent.ver AS consent_version, ctx.consent.gpc AS consent_gpc, m.j AS jurisdiction,
  page.url_host, page.url_path, page.url_query, page_title, ctx.lang AS page_lang, page_type,
  page.referrer_domain, page.channel, page.social_network, page.social_kind,
  page.utm_source, page.utm_medium, page.utm_campaign, page.utm_term, page.utm_content, page.click_id_type,
  m.d AS device_type, m.o AS os, m.w AS browser, ctx.locale AS locale, ctx.tz AS timezone,
  m.bot IS NOT NULL AS is_bot, m.bot AS bot_reason,
  coalesce(upper(declared_country), m.co) AS country,
  CASE WHEN declared_country IS NULL THEN m.rg ELSE declared_region END AS region,
  CASE WHEN declared_country IS NULL THEN m.ci ELSE declared_city END AS city,
  geohash5,
  CASE WHEN geo.lat IS NOT NULL AND geo.lon IS NOT NULL THEN 'consented_gps' WHEN declared_country IS NOT NULL THEN 'declared'
    ELSE m.gs END AS geo_source,
  search_query, search.norm AS search_norm, search.lang AS search_lang, search_results, search_pos,
  product_id, category, brand, price, quantity, currency, value, cart_id, order_id, coupon, items,
  search.intent AS search_intent, search.confidence AS search_confidence, search.model AS intent_model,
  decision_id, experiment_key, variant, staged.props::JSON AS props
FROM staged
JOIN batch ON batch.line_no = staged.line_no
JOIN page ON page.url = staged.url AND page.ref = staged.ref
LEFT JOIN search ON search.site_id = staged.site_id AND search.query = staged.search_query AND search.page_lang = staged.page_lang
  AND search.page_country = coalesce(batch.m.co, '')
ANTI JOIN known ON known.row_no = staged.rowid
WHERE NOT staged.refused
