-- grain: one row per site, experiment and variant
-- reads: exposures
-- writes: view experiments
-- columns:
--   people: exposed to this variant alone; mixed: exposed to several, left out
--   converted: did the goal (experiments_config, else purchase) after the first exposure
--   uplift: rate / rate of 'control' (else of the first variant by name) - 1
--   low, high: 95 % interval of the difference of the rates (normal approximation)
WITH counted AS (
  SELECT site_id, experiment_key, variant, count_if(n_variants = 1) AS people, count_if(n_variants > 1) AS mixed,
    count_if(n_variants = 1 AND converted) AS converted
  FROM exposures GROUP BY site_id, experiment_key, variant
), rated AS (
  SELECT *, converted / nullif(people, 0) AS rate,
    first_value(people) OVER w AS base_people, first_value(converted / nullif(people, 0)) OVER w AS base
  FROM counted
  WINDOW w AS (PARTITION BY site_id, experiment_key ORDER BY variant <> 'control', variant)
)
SELECT site_id, experiment_key, variant, people, mixed, converted, rate, rate / nullif(base, 0) - 1 AS uplift,
  rate - base - 1.96 * sqrt(rate * (1 - rate) / people + base * (1 - base) / base_people) AS low,
  rate - base + 1.96 * sqrt(rate * (1 - rate) / people + base * (1 - base) / base_people) AS high
FROM rated
