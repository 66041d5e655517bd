-- What hetk computes when it is asked, under the names of warehouse/models; the columns that the questions need.
CREATE VIEW ev AS SELECT * FROM events WHERE is_bot IS NOT TRUE;

CREATE VIEW lines AS
SELECT site_id, event_id, event, ts, visitor_id, cart_id, currency, product_id, category,
  coalesce(quantity, 1) AS quantity, CAST(price * coalesce(quantity, 1) AS numeric(18, 4)) AS amount
FROM ev WHERE product_id IS NOT NULL OR event IN ('add_to_cart', 'remove_from_cart');

CREATE VIEW identities AS
SELECT site_id, visitor_id, CASE WHEN count(DISTINCT user_id) = 1 THEN min(user_id) ELSE 'v:' || visitor_id END AS person_id
FROM logins GROUP BY site_id, visitor_id;

CREATE VIEW sessions AS
SELECT w.*, coalesce(w.user_id, i.person_id, 'v:' || w.visitor_id) AS person_id, w.n_events - w.n_decisions = 1 AND w.n_views = 1 AS is_bounce
FROM visits AS w LEFT JOIN identities AS i
  ON w.site_id = i.site_id AND w.visitor_id = i.visitor_id;

CREATE VIEW searches AS
SELECT a.*, EXISTS (SELECT 1 FROM ev AS c WHERE c.event IN ('select_item', 'view_item') AND c.site_id = a.site_id
    AND c.visitor_id = a.visitor_id AND c.ts BETWEEN a.ts AND a.ts + interval '30 minutes'
    AND (a.next_at IS NULL OR c.ts < a.next_at)) AS is_clicked
FROM (
  SELECT site_id, visitor_id, ts, coalesce(search_norm, lower(trim(search_query))) AS norm,
    coalesce(search_lang, page_lang) AS lang, search_results AS results,
    lead(ts) OVER (PARTITION BY site_id, visitor_id ORDER BY ts) AS next_at
  FROM ev WHERE event = 'search' AND search_query IS NOT NULL
) AS a;

-- Not materialized, so that the planner knows how few events are purchases.
CREATE VIEW orders AS
WITH seen AS NOT MATERIALIZED (
  SELECT site_id, coalesce(order_id, CAST(event_id AS text)) AS order_id, event, event_id, ts, visitor_id, user_id, currency,
    coalesce(value, CAST(price * coalesce(quantity, 1) AS numeric(18, 4))) AS amount
  FROM ev
), bought AS (
  SELECT DISTINCT ON (site_id, order_id) *, coalesce(amount, 0) AS gross
  FROM seen WHERE event = 'purchase' ORDER BY site_id, order_id, ts, event_id
), returned AS (
  SELECT r.site_id, r.order_id, coalesce(b.currency, min(r.currency)) AS currency, min(r.ts) AS refunded_at,
    sum(-abs(coalesce(r.amount, b.gross, 0))) FILTER (
      WHERE coalesce(r.currency, b.currency) IS NOT DISTINCT FROM coalesce(b.currency, r.currency)) AS refunded
  FROM seen AS r LEFT JOIN bought AS b ON r.site_id = b.site_id AND r.order_id = b.order_id
  WHERE r.event = 'refund' GROUP BY r.site_id, r.order_id, b.currency
), whole AS (
  SELECT coalesce(b.site_id, r.site_id) AS site_id, coalesce(b.order_id, r.order_id) AS order_id, b.event_id,
    coalesce(b.ts, r.refunded_at) AS ordered_at, b.visitor_id, b.user_id, coalesce(b.currency, r.currency) AS currency,
    coalesce(b.gross, 0) + coalesce(r.refunded, 0) AS revenue
  FROM bought AS b FULL JOIN returned AS r ON b.site_id = r.site_id AND b.order_id = r.order_id
)
SELECT w.*, coalesce(w.user_id, (SELECT s.person_id FROM sessions AS s WHERE s.site_id = w.site_id
    AND s.visitor_id = w.visitor_id AND s.started_at <= w.ordered_at ORDER BY s.started_at DESC LIMIT 1)) AS person_id
FROM whole AS w;

CREATE VIEW touches AS
SELECT o.site_id, o.order_id, o.ordered_at, o.currency, o.revenue, s.session_id, s.started_at AS touched_at,
  coalesce(s.channel, 'unknown') AS channel,
  row_number() OVER (PARTITION BY o.site_id, o.order_id ORDER BY s.started_at, s.session_id) AS n,
  count(*) OVER (PARTITION BY o.site_id, o.order_id) AS n_touches
FROM orders AS o LEFT JOIN sessions AS s
  ON o.site_id = s.site_id AND o.person_id = s.person_id AND s.started_at <= o.ordered_at
  AND s.started_at >= o.ordered_at - interval '30 days';

CREATE VIEW attribution AS
WITH counted AS (
  SELECT *, CASE WHEN revenue = round(revenue, 2) THEN 100 ELSE 10000 END AS scale,
    greatest(1, round(1e6 * coalesce(pow(2::float8, -extract(epoch FROM ordered_at - touched_at)::float8 / 604800), 1)))::numeric AS weight
  FROM touches
), added AS (
  SELECT *, sum(weight) OVER (PARTITION BY site_id, order_id) AS total,
    sum(weight) OVER (PARTITION BY site_id, order_id ORDER BY n ROWS UNBOUNDED PRECEDING) AS cum
  FROM counted
)
SELECT site_id, order_id, currency, channel, CASE WHEN n = 1 THEN revenue ELSE 0 END AS first_touch,
  CASE WHEN n = n_touches THEN revenue ELSE 0 END AS last_touch,
  (div(revenue * scale * n, n_touches) - div(revenue * scale * (n - 1), n_touches)) / scale AS linear,
  (div(revenue * scale * cum, total) - div(revenue * scale * (cum - weight), total)) / scale AS time_decay
FROM added;

CREATE VIEW carts AS
WITH marked AS (
  SELECT site_id, visitor_id, event_id, ts, cart_id, currency, false AS is_purchase,
    quantity * CASE WHEN event = 'add_to_cart' THEN 1 ELSE -1 END AS quantity,
    amount * CASE WHEN event = 'add_to_cart' THEN 1 ELSE -1 END AS amount
  FROM lines WHERE event IN ('add_to_cart', 'remove_from_cart')
  UNION ALL
  SELECT site_id, visitor_id, event_id, ts, NULL, NULL, true, NULL, NULL FROM ev WHERE event = 'purchase'
), parted AS (
  SELECT *, coalesce(lag(is_purchase) OVER w OR ts - lag(ts) OVER w > interval '24 hours', true) AS is_first
  FROM marked WINDOW w AS (PARTITION BY site_id, visitor_id ORDER BY ts, is_purchase, event_id)
), counted AS (
  SELECT *, sum(is_first::int) OVER (PARTITION BY site_id, visitor_id ORDER BY ts, is_purchase, event_id ROWS UNBOUNDED PRECEDING) AS life
  FROM parted
), ended AS (
  SELECT *, bool_or(is_purchase) OVER l AS is_bought,
    first_value(event_id::text) OVER (PARTITION BY site_id, visitor_id, life ORDER BY is_purchase, event_id) AS first_id
  FROM counted WINDOW l AS (PARTITION BY site_id, visitor_id, life)
), filled AS (
  SELECT site_id, visitor_id, coalesce(cart_id, first_id) AS cart_id, currency, min(ts) AS started_at, max(ts) AS changed_at,
    greatest(sum(quantity), 0) AS quantity, greatest(sum(amount), 0) AS value, bool_or(is_bought) AS is_bought
  FROM ended WHERE NOT is_purchase GROUP BY site_id, visitor_id, life, coalesce(cart_id, first_id), currency
)
SELECT f.*, CASE WHEN is_bought THEN 'bought'
    WHEN changed_at < (SELECT max(ts) FROM events) - interval '24 hours' THEN 'abandoned' ELSE 'open' END AS state
FROM filled AS f;

CREATE VIEW products AS
SELECT site_id, product_id, (array_agg(category ORDER BY ts DESC) FILTER (WHERE category IS NOT NULL))[1] AS category,
  count(*) FILTER (WHERE event = 'view_item') AS n_views, count(*) FILTER (WHERE event = 'add_to_cart') AS n_adds
FROM lines WHERE product_id IS NOT NULL GROUP BY site_id, product_id;
