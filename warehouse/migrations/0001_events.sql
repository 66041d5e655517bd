-- The facts as they land: one row per event, one row per rejected event, one row per load and site (the books).
-- All times are UTC. Money is DECIMAL(18,4) in the row's own currency. Lists of columns: docs/data-model.md.
CREATE TABLE events (
  event_id UUID, site_id VARCHAR, event VARCHAR, protocol VARCHAR, lib VARCHAR, schema_ok BOOLEAN,
  ts TIMESTAMP, ts_client TIMESTAMP, ts_sent TIMESTAMP, ts_received TIMESTAMP,
  ts_mark VARCHAR,              -- null, 'clamped_past', 'clamped_future', 'history', 'deferred'
  visitor_id VARCHAR, user_id VARCHAR, client_session_id VARCHAR, session_seq BIGINT, id_mode VARCHAR,
  consent_analytics BOOLEAN, consent_personalization BOOLEAN, consent_ads BOOLEAN, consent_version VARCHAR,
  consent_gpc BOOLEAN, jurisdiction VARCHAR,
  url_host VARCHAR, url_path VARCHAR, url_query VARCHAR, page_title VARCHAR, page_lang VARCHAR, page_type VARCHAR,
  referrer_domain VARCHAR, channel VARCHAR, social_network VARCHAR, social_kind VARCHAR,
  utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR, utm_term VARCHAR, utm_content VARCHAR, click_id_type VARCHAR,
  device_type VARCHAR, os VARCHAR, browser VARCHAR, locale VARCHAR, timezone VARCHAR, is_bot BOOLEAN, bot_reason VARCHAR,
  country VARCHAR, region VARCHAR, city VARCHAR, geohash5 VARCHAR, geo_source VARCHAR,
  search_query VARCHAR, search_norm VARCHAR, search_lang VARCHAR, search_results INTEGER, search_pos INTEGER,
  product_id VARCHAR, category VARCHAR, brand VARCHAR, price DECIMAL(18,4), quantity DECIMAL(18,4), currency VARCHAR,
  value DECIMAL(18,4), cart_id VARCHAR, order_id VARCHAR, coupon VARCHAR,
  items STRUCT(item_id VARCHAR, item_name VARCHAR, item_brand VARCHAR, item_category VARCHAR, item_variant VARCHAR,
    price DECIMAL(18,4), quantity DECIMAL(18,4), discount DECIMAL(18,4), coupon VARCHAR, "index" INTEGER)[],
  know FLOAT, go FLOAT, "do" FLOAT, buy FLOAT, intent_model VARCHAR,
  decision_id VARCHAR, experiment_key VARCHAR, variant VARCHAR,
  props JSON
);
CREATE TABLE events_rejected (
  site_id VARCHAR, ts_received TIMESTAMP, protocol VARCHAR, event_id VARCHAR, event VARCHAR,
  reason VARCHAR, detail VARCHAR, raw VARCHAR, segment VARCHAR, status VARCHAR, -- 'rejected', 'quarantined', 'released'
  context VARCHAR -- of an event off plan: what else a release needs
);
CREATE TABLE loads (
  loaded_at TIMESTAMP, site_id VARCHAR, day DATE, received BIGINT, stored BIGINT, duplicate BIGINT, rejected BIGINT,
  positions STRUCT(segment VARCHAR, "offset" BIGINT)[] -- how far each segment is loaded; null when no journal was read
);
