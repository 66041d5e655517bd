-- grain: one row per event of this load, props read, nothing looked up yet
-- reads: line, batch, chain
-- writes: temp table staged
-- What is the same for a whole batch is worked out per batch; each event's props are parsed once, and patched only
-- when some of them became columns. Who an event is of stands on the event itself only where a server key speaks for
-- many people: with a public key anybody could write under another name.
CREATE OR REPLACE TEMP TABLE staged AS
WITH context AS (
  SELECT line_no, k, ts_received, deferred, history, refused, session, visitor_id, id_mode,
    m.a = 'server' AS many, ctx."user" AS user_id, ctx.consent.analytics AS allowed, ctx.title AS title, ctx.page_type AS page_type,
    coalesce(ctx.url, '') AS url, coalesce(ctx.ref, '') AS ref, coalesce(ctx.lang, '') AS page_lang,
    epoch_us(ts_received) AS received_us,
    CASE WHEN history THEN 0 ELSE coalesce(chain.skew_us, batch.skew_us, 0) END AS shift_us,
    CASE WHEN history THEN -9e18::BIGINT ELSE received_us - 31 * 86400000000 END AS earliest_us,
    CASE WHEN history THEN 9e18::BIGINT ELSE received_us + 600000000 END AS latest_us
  FROM batch LEFT JOIN chain ON chain.chain = batch.chain
), one AS (
  SELECT context.*, unnest(line.b.events) AS e FROM line JOIN context ON context.line_no = line.line_no
), parsed AS (
  SELECT *, greatest(least(e.t, 4102444800000), 946684800000) * 1000 AS t_us, t_us + shift_us AS ts_us,
    CASE WHEN uuid_extract_version(e.id) = 7 THEN epoch_us(uuid_extract_timestamp(e.id)) END AS id_us,
    CASE WHEN e.props IS NOT NULL THEN json_transform(e.props, '{shape}') END AS p
  FROM one
)
SELECT line_no, k AS site_id, e.id AS event_id, e.event AS event, ts_received,
  make_timestamp(t_us) AS ts_client,
  make_timestamp(greatest(least(ts_us, latest_us), earliest_us)) AS ts,
  CASE
    WHEN history THEN 'history'
    WHEN ts_us < earliest_us THEN 'clamped_past'
    WHEN ts_us > latest_us THEN 'clamped_future'
    WHEN deferred THEN 'deferred'
  END AS ts_mark,
  CASE WHEN refused THEN NULL WHEN many THEN coalesce(e.visitor, visitor_id) ELSE visitor_id END AS visitor_id,
  CASE WHEN refused THEN NULL WHEN many THEN coalesce(e."user", parsed.user_id) ELSE parsed.user_id END AS user_id,
  CASE WHEN refused THEN NULL WHEN many THEN coalesce(e.session, session) ELSE session END AS client_session_id,
  CASE WHEN refused THEN NULL ELSE e.seq END AS session_seq,
  CASE WHEN refused THEN NULL WHEN many AND e."user" IS NOT NULL THEN 'user' WHEN many AND e.visitor IS NOT NULL THEN 'first_party'
    ELSE id_mode END AS id_mode,
  refused AND e.event != 'consent_changed' AS refused,
  CASE WHEN refused AND e.event != 'consent_changed' THEN 'consent_denied' END AS why, NULL::VARCHAR AS detail,
  coalesce(e.url, parsed.url) AS url, coalesce(e.ref, parsed.ref) AS ref,
  coalesce(e.title, parsed.title) AS page_title, coalesce(e.page_type, parsed.page_type) AS page_type, page_lang,
  {columns},
  {items} AS items,
  CASE WHEN allowed THEN p.geo END AS geo, NULL::VARCHAR AS geohash5,
  NULL::BOOLEAN AS schema_ok,
  CASE WHEN e.props IS NULL OR e.props::VARCHAR = '{{}}' THEN NULL
    WHEN NOT ({mapped}) OR {misfit} THEN e.props::VARCHAR
    ELSE nullif(json_merge_patch(e.props, '{removal}')::VARCHAR, '{{}}') END AS props,
  coalesce({recent}, false) AS recent
FROM parsed;
