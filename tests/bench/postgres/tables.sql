-- What hetk keeps stored, with the columns that the questions need: facts, and the models of closed days.
-- Runs in DuckDB too, which loads the same files for comparison. The shop names no items, corrects nobody's
-- identity by hand and has plain experiments: these tables and columns are left out, in favour of PostgreSQL.
CREATE TABLE events (
  event_id uuid, site_id text, event text, ts timestamp, ts_sent timestamp, ts_received timestamp, ts_mark text,
  schema_ok boolean, visitor_id text, user_id text, session_seq bigint, is_bot boolean, consent_analytics boolean,
  consent_personalization boolean, consent_ads boolean, jurisdiction text, url_path text, page_lang text,
  social_network text, social_kind text, utm_content text, search_query text, search_norm text, search_lang text,
  search_results integer, product_id text, category text, price numeric(18, 4), quantity numeric(18, 4),
  currency text, value numeric(18, 4), cart_id text, order_id text, decision_id text, experiment_key text, variant text
);
CREATE TABLE loads (
  site_id text, day date, received bigint, stored bigint, duplicate bigint, rejected bigint
);
CREATE TABLE consent_log (jurisdiction text, purpose text, granted boolean);
CREATE TABLE logins (site_id text, visitor_id text, user_id text, first_at timestamp);
CREATE TABLE visits (
  site_id text, visitor_id text, session_id uuid, user_id text, started_at timestamp, ended_at timestamp, n_events bigint,
  n_views bigint, n_purchases bigint, n_decisions bigint, products text[], channel text, device_type text
);
CREATE TABLE moments (
  moment_id text, site_id text, visitor_id text, session_id uuid, intent text, confidence double precision,
  started_at timestamp, state text
);
