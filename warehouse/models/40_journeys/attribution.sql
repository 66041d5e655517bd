-- grain: one row per order and touch
-- reads: touches
-- writes: view attribution
-- columns:
--   first_touch, last_touch, linear, time_decay: the touch's share of the order's revenue (after refunds) under each model;
--     the shares of an order add up to its revenue exactly. time_decay halves each 7 days
-- In whole cents (hundredths of one where an amount has them): what the touches up to this one get, less what those
-- before it got, so nothing is left over. Integers all the way: a division by 100 would make it a DOUBLE.
WITH counted AS (
  SELECT *, revenue = round(revenue, 2) AS in_cents,
    CAST(CASE WHEN in_cents THEN revenue * 100 ELSE revenue * 10000 END AS HUGEINT) AS units,
    CAST(greatest(1, round(1e6 * coalesce(pow(2, -epoch(ordered_at - touched_at) / 604800), 1))) AS HUGEINT) AS weight
  FROM touches
), added AS (
  SELECT *, CAST(sum(weight) OVER o AS HUGEINT) AS total,
    CAST(sum(weight) OVER (PARTITION BY site_id, order_id ORDER BY n ROWS UNBOUNDED PRECEDING) AS HUGEINT) AS cum
  FROM counted WINDOW o AS (PARTITION BY site_id, order_id)
), shared AS (
  SELECT *, divide(units * n, n_touches) - divide(units * (n - 1), n_touches) AS linear_units,
    divide(units * cum, total) - divide(units * (cum - weight), total) AS decay_units,
    CAST(CASE WHEN in_cents THEN 0.01 ELSE 0.0001 END AS DECIMAL(18, 4)) AS unit
  FROM added
)
SELECT site_id, order_id, ordered_at, person_id, person_why, currency, session_id, touched_at, n, n_touches, channel,
  social_network, utm_source, utm_medium, utm_campaign, CASE WHEN n = 1 THEN revenue ELSE 0 END AS first_touch,
  CASE WHEN n = n_touches THEN revenue ELSE 0 END AS last_touch,
  CAST(CAST(linear_units AS DECIMAL(20, 0)) * unit AS DECIMAL(18, 4)) AS linear,
  CAST(CAST(decay_units AS DECIMAL(20, 0)) * unit AS DECIMAL(18, 4)) AS time_decay
FROM shared
