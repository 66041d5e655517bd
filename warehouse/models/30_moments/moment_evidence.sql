-- grain: one row per row of moment_steps
-- reads: moment_steps, moment_settings, moment_weights, ev
-- writes: part moment_evidence
-- columns:
--   signals: what speaks in this event, as kind:key, and what it adds to know, go, do and buy
--   know, go, do, buy: the sums
WITH told AS (
  SELECT s.*, e.ts, e.visitor_id, e.search_lang, e.page_lang, CASE WHEN NOT s.repeated THEN e.product_id END AS product_id, e.url_path, e.value,
    e.props ->> 'place' AS place,
    CASE WHEN s.event = 'page_view' THEN 1 WHEN s.event = 'engagement' AND s.seconds >= r.dwell_seconds
      THEN r.dwell_scale END AS page_scale,
    CASE WHEN s.asks THEN r.search_scale END AS ask_scale, coalesce(e.know, 0) AS ask_know,
    coalesce(e.go, 0) AS ask_go, coalesce(e."do", 0) AS ask_do, coalesce(e.buy, 0) AS ask_buy,
    CASE WHEN s.n = 1 THEN e.channel END AS channel,
    CASE WHEN s.n = 1 THEN e.social_kind END AS social_kind, CASE WHEN s.n = 1 THEN e.device_type END AS device_type,
    CASE WHEN s.n = 1 AND e.timezone IN (SELECT name FROM pg_timezone_names())
      THEN hour(timezone(e.timezone, timezone('UTC', e.ts))) END AS local_hour,
    CASE WHEN s.seen THEN 'view_again' WHEN s.viewed IS NOT NULL AND s.after_view THEN 'compare' END AS sequence
  FROM moment_steps AS s
  JOIN moment_settings AS r ON r.site_id = s.rules
  JOIN (SELECT * FROM ev WHERE $near) AS e ON e.site_id = s.site_id AND e.event_id = s.event_id
), spoken AS (
  SELECT t.*, CASE WHEN t.repeated THEN [] ELSE list_filter([
      CASE WHEN e.key IS NOT NULL THEN {signal: 'event:' || e.key, w: e.w} END,
      CASE WHEN p.key IS NOT NULL AND page_scale IS NOT NULL
        THEN {signal: 'page:' || p.key, w: [x * page_scale FOR x IN p.w]} END,
      CASE WHEN ask_scale IS NOT NULL AND (ask_know <> 0 OR ask_go <> 0 OR ask_do <> 0 OR ask_buy <> 0)
        THEN {signal: 'search:' || query, w: [x * ask_scale FOR x IN [ask_know, ask_go, ask_do, ask_buy]]} END,
      CASE WHEN c.key IS NOT NULL THEN {signal: 'arrival:' || c.key, w: c.w} END,
      CASE WHEN k.key IS NOT NULL THEN {signal: 'arrival:' || k.key, w: k.w} END,
      CASE WHEN d.key IS NOT NULL THEN {signal: 'arrival:' || d.key, w: d.w} END,
      CASE WHEN h.key IS NOT NULL THEN {signal: 'arrival:' || h.key, w: h.w} END,
      CASE WHEN q.key IS NOT NULL THEN {signal: 'sequence:' || q.key, w: q.w} END
    ], lambda x: x IS NOT NULL) END AS signals
  FROM told AS t
  LEFT JOIN moment_weights AS e ON e.site_id = t.rules AND e.kind = 'event' AND e.key = t.event
  LEFT JOIN moment_weights AS p ON p.site_id = t.rules AND p.kind = 'page' AND p.key = t.page
  LEFT JOIN moment_weights AS c ON c.site_id = t.rules AND c.kind = 'arrival' AND c.key = t.channel
  LEFT JOIN moment_weights AS k ON k.site_id = t.rules AND k.kind = 'arrival' AND k.key = t.social_kind
  LEFT JOIN moment_weights AS d ON d.site_id = t.rules AND d.kind = 'arrival' AND d.key = t.device_type
  LEFT JOIN moment_weights AS h ON h.site_id = t.rules AND h.kind = 'arrival' AND h.key = CASE WHEN local_hour < 6 THEN 'night'
    WHEN local_hour < 11 THEN 'morning' WHEN local_hour < 14 THEN 'midday' WHEN local_hour < 18 THEN 'afternoon'
    WHEN local_hour < 24 THEN 'evening' END
  LEFT JOIN moment_weights AS q ON q.site_id = t.rules AND q.kind = 'sequence' AND q.key = t.sequence
)
SELECT site_id, day, session_id, visitor_id, event_id, rules, event, n, t, ts, elapsed, segment, cut, next_cut, is_last, query, category, product_id,
  place, CASE WHEN event = 'page_view' AND url_path <> '/' THEN url_path END AS content, search_lang, page_lang,
  outcome, value, signals,
  coalesce(list_sum([s.w[1] FOR s IN signals]), 0) AS know, coalesce(list_sum([s.w[2] FOR s IN signals]), 0) AS go,
  coalesce(list_sum([s.w[3] FOR s IN signals]), 0) AS "do", coalesce(list_sum([s.w[4] FOR s IN signals]), 0) AS buy
FROM spoken
