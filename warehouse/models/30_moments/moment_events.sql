-- grain: one row per human event that counts for moments: it says something, or answers
-- reads: ev, visits, moment_settings, moment_pages, moment_page_kinds, moment_weights, moment_outcomes
-- writes: part moment_events
-- columns:
--   rules: site_id of the row of moment_settings that holds for this event
--   t: the visitor's own clock, ms
--   kind: the event's name with its condition: video_half, read, booking_visit
--   query: the search's normalised text
--   said: what speaks in this event and how much for know, go, do and buy, in thousandths, before its session is looked at
--   answers: the outcome it is, as in moment_outcomes; null when none
WITH began AS (
  -- A session counts to the day it began on.
  SELECT site_id, visitor_id, session_id, ts, ended_at FROM (SELECT *, started_at AS ts FROM visits) WHERE $days
), told AS (
  SELECT e.site_id, s.session_id, e.event_id, coalesce(own.site_id, '') AS rules, e.event, e.session_seq AS seq,
    CAST(s.ts AS DATE) AS day, epoch_ms(coalesce(e.ts_client, e.ts)) AS t, e.ts, e.visitor_id,
    nullif(e.search_norm, '') AS query, nullif(e.search_lang, '') AS search_lang, nullif(e.page_lang, '') AS page_lang,
    e.search_intent, coalesce(e.search_confidence, 0) AS sureness, nullif(e.category, '') AS category,
    nullif(e.product_id, '') AS product_id, e.value,
    nullif(regexp_replace(lower(e.page_type), '^https?://schema\.org/', ''), '') AS sent, p.page AS shaped,
    coalesce(e.social_kind, CASE WHEN e.channel IN ('organic_search', 'paid_search') THEN 'search' END) AS ref,
    CASE WHEN e.event IN ('engagement', 'video_progress', 'booking') THEN e.props END AS measures
  FROM (SELECT * FROM ev WHERE $near) AS e
  ASOF JOIN began AS s ON e.site_id = s.site_id AND e.visitor_id = s.visitor_id AND e.ts >= s.ts
  LEFT JOIN moment_settings AS own ON own.site_id = e.site_id
  LEFT JOIN moment_pages AS p ON p.site_id = e.site_id AND p.url_path = e.url_path
  WHERE e.ts <= s.ended_at
), placed AS (
  SELECT t.* EXCLUDE (sent, shaped, measures), coalesce(y.page, t.sent, t.shaped) AS page,
    row_number() OVER (PARTITION BY t.site_id, t.session_id ORDER BY t.t, t.seq, t.event_id) = 1 AS landing,
    TRY_CAST(measures ->> 'visible_ms' AS DOUBLE) AS visible_ms, TRY_CAST(measures ->> 'percent' AS DOUBLE) AS "percent",
    measures ->> 'kind' AS booked
  FROM told AS t LEFT JOIN moment_page_kinds AS y ON y.site_id = t.rules AND y.sent = t.sent
), kinds AS (
  SELECT p.* EXCLUDE (visible_ms, "percent", booked),
    CASE
      WHEN event = 'video_progress' AND "percent" >= r.video_half_percent THEN 'video_half'
      WHEN event = 'engagement' AND visible_ms >= r.read_visible_ms AND list_contains(r.read_pages, page) THEN 'read'
      WHEN event = 'booking' AND list_contains(r.visit_bookings, booked) THEN 'booking_visit'
      ELSE event END AS kind,
    CASE WHEN query IS NOT NULL THEN list_position(['know', 'go', 'do', 'buy'], search_intent) END AS verdict,
    CAST(round(sureness * r.search_weight) AS INTEGER) AS heavy
  FROM placed AS p JOIN moment_settings AS r ON r.site_id = p.rules
), spoken AS (
  SELECT k.* EXCLUDE (verdict, heavy, ref, landing, search_intent, sureness, page, event), k.event,
    list_filter([
      CASE WHEN e.w IS NOT NULL THEN {signal: e.signal, w: e.w} END,
      CASE WHEN p.w IS NOT NULL THEN {signal: p.signal, w: p.w} END,
      CASE WHEN f.w IS NOT NULL THEN {signal: f.signal, w: f.w} END,
      CASE WHEN verdict IS NOT NULL AND heavy > 0 THEN {signal: 'search:' || search_intent,
        w: [CASE WHEN verdict = i THEN heavy ELSE 0 END FOR i IN [1, 2, 3, 4]]} END
    ], lambda x: x IS NOT NULL) AS said,
    CASE WHEN o.kind IS NOT NULL THEN {intent: o.intent, level: o.level, ends: o.ends, forces: o.forces} END AS answers
  FROM kinds AS k
  LEFT JOIN moment_weights AS e ON e.site_id = k.rules AND e.signal = 'event:' || k.kind
  LEFT JOIN moment_weights AS p ON p.site_id = k.rules AND p.signal = 'page:' || k.page AND k.event = 'page_view'
  LEFT JOIN moment_weights AS f ON f.site_id = k.rules AND f.signal = 'ref:' || k.ref AND k.landing
  LEFT JOIN moment_outcomes AS o ON o.site_id = k.rules AND o.kind = k.kind
)
SELECT * FROM spoken WHERE len(said) > 0 OR answers IS NOT NULL
