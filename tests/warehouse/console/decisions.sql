-- The decisions of the published examples, at page views of the generated shop: one campaign a visitor, half of them held back.
-- The tasting room helps (more directions asked for), the comparison harms (fewer), breakfast tea changes nothing.
CREATE OR REPLACE TEMP TABLE looked AS
SELECT e.*, row_number() OVER (PARTITION BY visitor_id ORDER BY ts) AS nth,
  ['tasting-room', 'assam-or-darjeeling', 'breakfast-tea', 'free-delivery', 'tasting-room', 'assam-or-darjeeling', 'breakfast-tea',
    'cart-help'][1 + CAST(hash(visitor_id) % 8 AS INT)] AS action, hash(visitor_id, 'arm') % 2 = 0 AS held, hash(visitor_id, 'luck') % 100 AS luck
FROM events AS e WHERE event = 'page_view' AND NOT is_bot AND site_id = 'shop';
CREATE OR REPLACE TEMP TABLE decided_now AS
SELECT *, CAST(md5(CAST(event_id AS VARCHAR) || 'd') AS UUID) AS id FROM looked WHERE nth <= 3;
INSERT INTO events BY NAME
SELECT * EXCLUDE (nth, action, held, luck, id)
  REPLACE (id AS event_id, 'decision' AS event, ts + INTERVAL 1 SECOND AS ts, ts_received + INTERVAL 1 SECOND AS ts_received, 'a' AS variant, json_object(
    'place', 'hero', 'chosen', NOT held, 'holdout', held, 'action', action, 'revision', 1, 'kind', 'content', 'basis', CASE WHEN consent_personalization THEN 'personal' ELSE 'contextual' END,
    'weight', 100, 'weight_total', 100, 'hold', 5000, 'suppressed_by', CASE WHEN held THEN 'holdout' END,
    'reasons', json_array(json_array('pot-size', 'no:page_type')), 'intent', 'go', 'conf', 800, 'latency_ms', 0.4, 'lang', page_lang,
    'why', json_array('intent:go', 'distance')) AS props)
FROM decided_now
UNION ALL BY NAME
SELECT * EXCLUDE (nth, action, held, luck, id, what, after, more, least)
  REPLACE (CAST(md5(CAST(event_id AS VARCHAR) || what) AS UUID) AS event_id, what AS event, ts + after * INTERVAL 1 SECOND AS ts,
    ts_received + after * INTERVAL 1 SECOND AS ts_received, CAST(id AS VARCHAR) AS decision_id, more AS props)
FROM decided_now JOIN (VALUES ('decision_shown', 2, 80, '{}'), ('decision_clicked', 6, 15, '{}'),
  ('decision_dismissed', 9, 8, '{"how": "not_useful"}')) AS f(what, after, least, more) ON NOT held AND luck < least
UNION ALL BY NAME
SELECT * EXCLUDE (nth, action, held, luck)
  REPLACE (CAST(md5(CAST(event_id AS VARCHAR) || 's') AS UUID) AS event_id, 'decision_suppressed' AS event, ts + INTERVAL 20 SECOND AS ts,
    ts_received + INTERVAL 20 SECOND AS ts_received,
    json_object('place', 'above-cart', 'reasons', json_object('free-delivery', json_object('no:cart_min', 2, 'consent:ads', 1))) AS props)
FROM looked WHERE nth <= 2
UNION ALL BY NAME
SELECT * EXCLUDE (nth, action, held, luck, id)
  REPLACE (CAST(md5(CAST(event_id AS VARCHAR) || 'g') AS UUID) AS event_id, CASE action WHEN 'tasting-room' THEN 'get_directions' ELSE 'compare_items' END AS event,
    ts + INTERVAL 30 SECOND AS ts, ts_received + INTERVAL 30 SECOND AS ts_received)
FROM decided_now WHERE nth = 1 AND luck < CASE action || held WHEN 'tasting-roomfalse' THEN 50 WHEN 'tasting-roomtrue' THEN 5
  WHEN 'assam-or-darjeelingfalse' THEN 12 WHEN 'assam-or-darjeelingtrue' THEN 40 ELSE 0 END
