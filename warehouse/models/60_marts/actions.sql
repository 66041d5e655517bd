-- grain: one row per site and action
-- reads: decided, orders
-- writes: view actions
-- columns:
--   shown, held_out: people whose first decision was to show it, and whose was to leave them alone to compare; only once their 7 days are over
--   rate, base: share of them with an order within 7 days of that decision
--   uplift: rate / base - 1
--   low, high: 95 % interval of rate - base (Newcombe)
--   verdict: helps, harms, not known yet, too few (fewer than 100 on a side)
--   people_needed: so many more until a difference like this one would be told from chance (80 % of the time)
WITH chosen AS (
  SELECT site_id, action, unit, arg_min(holdout, (ts, decision_id)) AS is_holdout, min(ts) AS since,
    arg_min(visitor_id, (ts, decision_id)) AS visitor_id
  FROM decided WHERE unit IS NOT NULL AND (chosen OR holdout)
  GROUP BY site_id, action, unit HAVING min(ts) + INTERVAL 7 DAY <= newest()
), followed AS (
  -- Not EXISTS: its times make DuckDB compare every choice with every order.
  SELECT c.*, coalesce(bool_or(o.ordered_at >= c.since AND o.ordered_at < c.since + INTERVAL 7 DAY), false) AS bought
  FROM chosen AS c LEFT JOIN orders AS o ON o.site_id = c.site_id AND o.visitor_id = c.visitor_id
  GROUP BY ALL
), counted AS (
  SELECT site_id, action, count_if(NOT is_holdout) AS shown, count_if(is_holdout) AS held_out,
    avg(CAST(bought AS INTEGER)) FILTER (NOT is_holdout) AS rate,
    avg(CAST(bought AS INTEGER)) FILTER (is_holdout) AS base
  FROM followed GROUP BY site_id, action
), bounded AS (
  -- Wilson's interval of each share: middle and half width.
  SELECT *, (rate + 1.9207 / shown) / (1 + 3.8415 / shown) AS m1,
    1.96 * sqrt(rate * (1 - rate) / shown + 0.9604 / (shown * shown)) / (1 + 3.8415 / shown) AS h1,
    (base + 1.9207 / held_out) / (1 + 3.8415 / held_out) AS m2,
    1.96 * sqrt(base * (1 - base) / held_out + 0.9604 / (held_out * held_out)) / (1 + 3.8415 / held_out) AS h2,
    shown + held_out AS people
  FROM counted
), judged AS (
  SELECT *, rate - base - sqrt((rate - m1 + h1) ** 2 + (m2 + h2 - base) ** 2) AS low,
    rate - base + sqrt((m1 + h1 - rate) ** 2 + (base - m2 + h2) ** 2) AS high,
    7.849 * (rate * (1 - rate) * people / shown + base * (1 - base) * people / held_out) / nullif((rate - base) ** 2, 0) AS needed
  FROM bounded
)
SELECT site_id, action, shown, held_out, rate, base, rate / nullif(base, 0) - 1 AS uplift, low, high,
  CASE WHEN shown < 100 OR held_out < 100 THEN 'too few' WHEN low > 0 THEN 'helps' WHEN high < 0 THEN 'harms'
    ELSE 'not known yet' END AS verdict,
  CASE WHEN low > 0 OR high < 0 THEN 0 ELSE CAST(ceil(greatest(needed - people, 0)) AS BIGINT) END AS people_needed
FROM judged
