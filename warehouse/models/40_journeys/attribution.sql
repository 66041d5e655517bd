-- grain: one row per order, touch and model
-- reads: touches
-- writes: view attribution
-- columns:
--   model: first, last, linear or time_decay (half-life 7 days)
--   amount: the touch's share of the order's revenue (after refunds); the shares of an order add up exactly
WITH weighed AS (
  -- Whole cents where the order is in whole cents; shares are then counted in these units.
  SELECT *, CASE WHEN revenue = round(revenue, 2) THEN 100 ELSE 10000 END AS scale, unnest([
    {'model': 'first', 'weight': CAST(n = 1 AS DOUBLE)},
    {'model': 'last', 'weight': CAST(n = n_touches AS DOUBLE)},
    {'model': 'linear', 'weight': 1.0},
    {'model': 'time_decay', 'weight': coalesce(pow(2, -epoch(ordered_at - touched_at) / 604800), 1)}
  ], recursive := true)
  FROM touches
), shared AS (
  SELECT *, CAST(CAST(abs(revenue) AS DECIMAL(30, 4)) * scale AS HUGEINT) AS units,
    CAST(floor(CAST(abs(revenue) AS DOUBLE) * scale * weight / sum(weight) OVER o) AS HUGEINT) AS part,
    CAST(abs(revenue) AS DOUBLE) * scale * weight / sum(weight) OVER o AS exact
  FROM weighed WINDOW o AS (PARTITION BY site_id, order_id, model)
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY site_id, order_id, model ORDER BY exact - part DESC, weight DESC, n) AS rank,
    units - sum(part) OVER (PARTITION BY site_id, order_id, model) AS rest
  FROM shared
)
-- Largest remainder: the units left over by rounding down go to the touches that lost most. What floating point
-- leaves beyond that (orders above 10^13 units) goes to the first of them.
SELECT site_id, order_id, ordered_at, person_id, currency, model, session_id, touched_at, n, n_touches, channel,
  social_network, utm_source, utm_medium, utm_campaign,
  CAST(sign(revenue) * CAST(part + CASE WHEN rest BETWEEN 0 AND n_touches THEN CAST(rank <= rest AS INTEGER)
    WHEN rank = 1 THEN rest ELSE 0 END AS DECIMAL(30, 0)) * CASE scale WHEN 100 THEN 0.01 ELSE 0.0001 END
    AS DECIMAL(18, 4)) AS amount
FROM ranked
