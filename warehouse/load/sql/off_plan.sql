-- grain: one row per event held back by its site's plan: the event in `raw`, all else a release needs in `context`
-- reads: staged, line, batch, address
-- writes: refusal
-- What would be masked or cut on its way into `events` is masked and cut here: ids as they would be stored, addresses
-- with their allowed keys alone, the place to a kilometre.
INSERT INTO refusal BY NAME
WITH held AS (
  SELECT *, rowid AS row_no FROM staged WHERE why = 'off_plan'
), sent AS (
  SELECT line_no, unnest(b.events) AS e FROM line WHERE line_no IN (SELECT line_no FROM held)
)
SELECT held.site_id, held.ts_received, batch.m.p AS protocol, held.event_id::VARCHAR AS event_id, held.event,
  'off_plan' AS reason, held.detail, NULL::VARCHAR AS segment, 'quarantined' AS status,
  to_json({event: held.event, props: CASE
    WHEN json_exists(e.props, '$.geo') AND geo.lat IS NOT NULL THEN json_merge_patch(e.props, '{"geo":null}',
      to_json({geo: {lat: round(geo.lat, 2), lon: round(geo.lon, 2)}}))
    WHEN json_exists(e.props, '$.geo') THEN json_merge_patch(e.props, '{"geo":null}')
    ELSE e.props END})::VARCHAR AS raw,
  to_json({
    r: epoch_us(held.ts_received), t: epoch_ms(held.ts_client), seq: held.session_seq, ts: epoch_us(held.ts),
    ts_mark: held.ts_mark, id_mode: held.id_mode,
    m: {p: m.p, a: m.a, v: held.visitor_id, d: m.d, o: m.o, w: m.w, bot: m.bot, co: m.co, rg: m.rg, ci: m.ci, gs: m.gs, j: m.j},
    sent: epoch_ms(batch.ts_sent), lib: lib, deferred: deferred, history: history,
    ctx: {visitor: CASE WHEN held.id_mode != 'cookieless' THEN held.visitor_id END, "user": held.user_id,
      session: held.client_session_id, mode: CASE WHEN held.id_mode = 'cookieless' THEN 'cookieless' END, consent: ctx.consent,
      url: address.kept_url, ref: address.kept_ref, title: held.page_title, lang: ctx.lang, page_type: held.page_type,
      locale: ctx.locale, tz: ctx.tz}
  })::VARCHAR AS context
FROM held
JOIN sent ON sent.line_no = held.line_no AND e.id = held.event_id
JOIN batch ON batch.line_no = held.line_no
JOIN address ON address.url = held.url AND address.ref = held.ref
QUALIFY row_number() OVER (PARTITION BY held.row_no ORDER BY e.event = held.event DESC) = 1;
