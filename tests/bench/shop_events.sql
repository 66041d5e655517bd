-- The events of the planned sessions, and the decisions that some of them show.
INSERT INTO events BY NAME
WITH steps AS (
  SELECT p.*, unnest(range(p.n_events)) AS i FROM plan AS p
), rolled AS (
  SELECT *, hash(h, i) AS r, started_at + to_milliseconds(CAST(i * (30000 + h % 180000 + hash(h, i) % 15000) AS DOUBLE)) AS at
  FROM steps
), named AS (
  SELECT *, CASE
      WHEN i = 0 THEN 'page_view'
      WHEN buys AND n_events > 2 AND i = n_events - 1 THEN 'purchase'
      WHEN buys AND n_events > 2 AND i = n_events - 2 THEN 'add_to_cart'
      WHEN r % 100 < 55 THEN 'view_item' WHEN r % 100 < 64 THEN 'search' WHEN r % 100 < 70 THEN 'add_to_cart'
      WHEN r % 100 < 90 THEN 'page_view' WHEN r % 100 < 93 THEN 'engagement' WHEN r % 100 < 95 THEN 'store_locator'
      WHEN r % 100 < 96 THEN 'get_directions' WHEN r % 100 < 98 THEN 'experiment_viewed'
      WHEN r % 100 < 99 THEN 'consent_changed' ELSE 'decision_shown' END AS event,
    CAST(floor(5000 * pow((r >> 7) % 10007 / 10007.0, 3)) AS BIGINT) AS product, 1 + (r >> 21) % 3 AS units
  FROM rolled
), priced AS (
  SELECT *, CAST(1.49 + product % 200 * 0.5 AS DECIMAL(18, 4)) AS unit FROM named
)
SELECT CAST(printf('%012x7%03x8%03x%012x', epoch_ms("at"), r % 4096, (r >> 12) % 4096, h % 281474976710656) AS UUID)
    AS event_id,
  'shop' AS site_id, event, 'events' AS protocol, "at" AS ts, "at" AS ts_client, "at" AS ts_sent,
  "at" + to_milliseconds(CAST(r % 3000 AS DOUBLE)) AS ts_received, printf('v%010d', visitor) AS visitor_id,
  CASE WHEN visitor % 5 = 0 AND i > 0 THEN printf('u%09d', visitor - visitor % 10) END AS user_id, i AS session_seq,
  'first_party' AS id_mode, true AS consent_analytics, visitor % 3 = 0 AS consent_personalization,
  false AS consent_ads, ['EE', 'IN', 'DE', 'US'][CAST(1 + visitor % 4 AS INT)] AS jurisdiction,
  'shop.example' AS url_host, CASE WHEN event = 'view_item' THEN '/p/' || product ELSE '/c/' || taste % 12 END AS url_path,
  ['en', 'hi', 'et', 'de'][CAST(1 + visitor % 4 AS INT)] AS page_lang,
  CASE WHEN i = 0 THEN ['search', 'direct', 'social', 'email', 'ads'][CAST(1 + taste % 5 AS INT)] END AS channel,
  CASE WHEN i = 0 AND taste % 5 = 2 THEN ['instagram', 'facebook', 'reddit'][CAST(1 + taste % 3 AS INT)] END
    AS social_network,
  ['mobile', 'desktop', 'mobile', 'tablet'][CAST(1 + visitor % 4 AS INT)] AS device_type,
  visitor % 211 = 7 AS is_bot, ['EE', 'IN', 'DE', 'US'][CAST(1 + visitor % 4 AS INT)] AS country,
  CASE WHEN event = 'search' THEN 'term ' || (r >> 13) % 500 END AS search_query,
  CASE WHEN event = 'search' THEN 'term ' || (r >> 13) % 500 END AS search_norm,
  CASE WHEN event = 'search' THEN ['en', 'hi', 'et', 'de'][CAST(1 + visitor % 4 AS INT)] END AS search_lang,
  CASE WHEN event = 'search' THEN CAST((r >> 13) % 10 AS INT) END AS search_results,
  CASE WHEN event IN ('view_item', 'add_to_cart', 'purchase') THEN printf('p%05d', product) END AS product_id,
  CASE WHEN event IN ('view_item', 'add_to_cart', 'purchase') THEN 'category ' || product % 20 END AS category,
  CASE WHEN event IN ('view_item', 'add_to_cart', 'purchase') THEN unit END AS price,
  CASE WHEN event IN ('add_to_cart', 'purchase') THEN CAST(units AS DECIMAL(18, 4)) END AS quantity,
  CASE WHEN event IN ('add_to_cart', 'purchase') THEN ['EUR', 'INR'][CAST(1 + visitor % 2 AS INT)] END AS currency,
  CASE WHEN event = 'purchase' THEN CAST(unit * units AS DECIMAL(18, 4)) END AS value,
  CASE WHEN event = 'purchase' THEN printf('o%016x', h) END AS order_id,
  CASE WHEN event IN ('store_locator', 'get_directions') THEN ['ud9d6', 'tdr1y', 'u33db', 'dr5re'][CAST(1 + visitor % 4 AS INT)]
    END AS geohash5,
  CASE WHEN event = 'experiment_viewed' THEN 'delivery' END AS experiment_key,
  CASE WHEN event = 'experiment_viewed' THEN ['control', 'free'][CAST(1 + visitor % 2 AS INT)] END AS variant,
  CASE WHEN event = 'decision_shown' THEN printf('d%016x%02x', h, i) END AS decision_id,
  CASE WHEN event = 'search' THEN ['know', 'buy', 'buy', 'go', 'none'][CAST(1 + (r >> 13) % 5 AS INT)] END AS search_intent,
  CASE WHEN event = 'search' THEN 0.4 + (r >> 17) % 60 / 100.0 END AS search_confidence
FROM priced ORDER BY ts;
INSERT INTO decisions BY NAME
SELECT coalesce(decision_id, 'k' || CAST(event_id AS VARCHAR)) AS decision_id, site_id, visitor_id,
  ts AS decided_at, CASE WHEN event = 'decision_shown' THEN ts END AS shown_at,
  'reminder' AS rule, 'cart_reminder' AS action, page_lang AS lang, event = 'add_to_cart' AND visitor_id LIKE '%03' AS is_holdout,
  CASE WHEN event = 'add_to_cart' AND visitor_id NOT LIKE '%03' THEN 'cap' END AS suppressed,
  CASE WHEN consent_personalization THEN 'personalization' END AS purpose,
  CAST(hash(event_id) % 400 AS DOUBLE) / 100 AS latency_ms
FROM events WHERE event = 'decision_shown' OR (event = 'add_to_cart' AND visitor_id LIKE '%3')
