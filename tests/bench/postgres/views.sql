-- What hetk computes when it is asked, under the names of warehouse/models; the columns that the questions need.
CREATE VIEW ev AS SELECT * FROM events WHERE is_bot IS NOT TRUE;

CREATE VIEW lines AS
SELECT site_id, event_id, event, ts, visitor_id, cart_id, currency, product_id, category,
  coalesce(quantity, 1) AS quantity, CAST(price * coalesce(quantity, 1) AS numeric(18, 4)) AS amount
FROM ev WHERE product_id IS NOT NULL OR event IN ('add_to_cart', 'remove_from_cart');

CREATE VIEW identities AS
WITH turns AS (
  SELECT *, lag(user_id) OVER w IS DISTINCT FROM user_id AS is_turn
  FROM logins WINDOW w AS (PARTITION BY site_id, visitor_id ORDER BY first_at, user_id)
)
SELECT site_id, visitor_id, user_id AS person_id,
  CASE WHEN lag(first_at) OVER w IS NULL THEN '-infinity' ELSE first_at END AS since,
  coalesce(lead(first_at) OVER w, 'infinity') AS until
FROM turns WHERE is_turn WINDOW w AS (PARTITION BY site_id, visitor_id ORDER BY first_at, user_id);

CREATE VIEW sessions AS
SELECT w.*, coalesce(i.person_id, w.visitor_id) AS person_id, w.n_events = 1 AND w.n_views = 1 AS is_bounce
FROM visits AS w LEFT JOIN identities AS i
  ON w.site_id = i.site_id AND w.visitor_id = i.visitor_id AND w.started_at >= i.since AND w.started_at < i.until;

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
SELECT w.*, coalesce(w.user_id, i.person_id, w.visitor_id) AS person_id
FROM whole AS w LEFT JOIN identities AS i
  ON w.site_id = i.site_id AND w.visitor_id = i.visitor_id AND w.ordered_at >= i.since AND w.ordered_at < i.until;

CREATE VIEW touches AS
SELECT o.site_id, o.order_id, o.ordered_at, o.currency, o.revenue, s.session_id, s.started_at AS touched_at,
  coalesce(s.channel, 'unknown') AS channel,
  row_number() OVER (PARTITION BY o.site_id, o.order_id ORDER BY s.started_at, s.session_id) AS n,
  count(*) OVER (PARTITION BY o.site_id, o.order_id) AS n_touches
FROM orders AS o LEFT JOIN sessions AS s
  ON o.site_id = s.site_id AND o.person_id = s.person_id AND s.started_at <= o.ordered_at
  AND s.started_at >= o.ordered_at - interval '30 days';

CREATE VIEW attribution AS
WITH weighed AS (
  SELECT t.*, CASE WHEN revenue = round(revenue, 2) THEN 100 ELSE 10000 END AS scale, w.model, w.weight
  FROM touches AS t CROSS JOIN LATERAL (VALUES
    ('first', CASE WHEN n = 1 THEN 1 ELSE 0 END::float8),
    ('last', CASE WHEN n = n_touches THEN 1 ELSE 0 END),
    ('linear', 1),
    ('time_decay', coalesce(pow(2::float8, -extract(epoch FROM ordered_at - touched_at)::float8 / 604800), 1))
  ) AS w (model, weight)
), shared AS (
  SELECT *, CAST(abs(revenue) * scale AS bigint) AS units,
    abs(revenue)::float8 * scale * weight / sum(weight) OVER (PARTITION BY site_id, order_id, model) AS exact
  FROM weighed
), ranked AS (
  SELECT *, floor(exact)::bigint AS part,
    row_number() OVER (PARTITION BY site_id, order_id, model ORDER BY exact - floor(exact) DESC, weight DESC, n) AS rank,
    units - sum(floor(exact)::bigint) OVER (PARTITION BY site_id, order_id, model) AS rest
  FROM shared
)
SELECT site_id, order_id, currency, model, channel,
  sign(revenue) * (part + CASE WHEN rest BETWEEN 0 AND n_touches THEN (rank <= rest)::int
    WHEN rank = 1 THEN rest ELSE 0 END) / scale AS amount
FROM ranked;

CREATE VIEW carts AS
WITH touched AS (
  SELECT l.site_id, l.visitor_id, coalesce(l.cart_id, CAST(s.session_id AS text)) AS cart_id, l.currency, l.ts,
    l.quantity * CASE WHEN l.event = 'add_to_cart' THEN 1 ELSE -1 END AS quantity,
    l.amount * CASE WHEN l.event = 'add_to_cart' THEN 1 ELSE -1 END AS amount
  FROM lines AS l CROSS JOIN LATERAL (
    SELECT session_id FROM visits AS v
    WHERE v.site_id = l.site_id AND v.visitor_id = l.visitor_id AND v.started_at <= l.ts
    ORDER BY v.started_at DESC LIMIT 1
  ) AS s
  WHERE l.event IN ('add_to_cart', 'remove_from_cart')
), filled AS (
  SELECT site_id, cart_id, currency, (array_agg(visitor_id ORDER BY ts DESC))[1] AS visitor_id, min(ts) AS started_at,
    max(ts) AS changed_at, greatest(sum(quantity), 0) AS quantity, greatest(sum(amount), 0) AS value
  FROM touched GROUP BY site_id, cart_id, currency
), bought AS (
  SELECT f.site_id, f.cart_id, f.currency FROM filled AS f JOIN orders AS o
    ON o.site_id = f.site_id AND o.visitor_id = f.visitor_id AND o.event_id IS NOT NULL
    AND o.ordered_at BETWEEN f.started_at AND f.changed_at + interval '24 hours'
  GROUP BY f.site_id, f.cart_id, f.currency
)
SELECT f.*, CASE WHEN b.cart_id IS NOT NULL THEN 'bought'
    WHEN f.changed_at < now() AT TIME ZONE 'UTC' - interval '1 hour' THEN 'abandoned' ELSE 'open' END AS state
FROM filled AS f LEFT JOIN bought AS b
  ON b.site_id = f.site_id AND b.cart_id = f.cart_id AND coalesce(b.currency, '') = coalesce(f.currency, '');

CREATE VIEW products AS
SELECT site_id, product_id, (array_agg(category ORDER BY ts DESC) FILTER (WHERE category IS NOT NULL))[1] AS category,
  count(*) FILTER (WHERE event = 'view_item') AS n_views, count(*) FILTER (WHERE event = 'add_to_cart') AS n_adds
FROM lines WHERE product_id IS NOT NULL GROUP BY site_id, product_id;
