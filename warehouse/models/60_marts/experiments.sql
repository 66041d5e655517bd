-- grain: one row per site, experiment and variant
-- reads: ev, identities, experiments_config
-- writes: view experiments
-- columns:
--   people: exposed to this variant alone; mixed: exposed to several, left out
--   converted: did the goal (experiments_config, else purchase) after the first exposure
--   uplift: rate / rate of 'control' (else of the first variant by name) - 1
--   low, high: 95 % interval of the difference of the rates (normal approximation)
WITH named AS (
  SELECT e.site_id, e.event, e.ts, e.experiment_key, e.variant, coalesce(i.person_id, e.visitor_id) AS person_id
  FROM ev AS e LEFT JOIN identities AS i ON e.site_id = i.site_id AND e.visitor_id = i.visitor_id
    AND e.ts >= i.since AND e.ts < i.until
  WHERE e.visitor_id IS NOT NULL AND (e.event = 'experiment_viewed'
    OR e.event IN (SELECT coalesce(goal_event, 'purchase') FROM experiments_config UNION ALL SELECT 'purchase'))
), exposed AS (
  SELECT n.site_id, n.experiment_key, n.person_id, arg_min(n.variant, n.ts) AS variant, min(n.ts) AS exposed_at,
    count(DISTINCT n.variant) AS n_variants
  FROM named AS n WHERE n.event = 'experiment_viewed' AND n.experiment_key IS NOT NULL AND n.variant IS NOT NULL
  GROUP BY n.site_id, n.experiment_key, n.person_id
), goals AS (
  SELECT site_id, experiment_key, arg_max(goal_event, version) AS goal FROM experiments_config GROUP BY ALL
), reached AS (
  SELECT x.*, EXISTS (SELECT 1 FROM named AS n WHERE n.site_id = x.site_id AND n.person_id = x.person_id
    AND n.event = coalesce(g.goal, 'purchase') AND n.ts >= x.exposed_at) AS is_converted
  FROM exposed AS x LEFT JOIN goals AS g ON x.site_id = g.site_id AND x.experiment_key = g.experiment_key
), counted AS (
  SELECT site_id, experiment_key, variant, count_if(n_variants = 1) AS people, count_if(n_variants > 1) AS mixed,
    count_if(n_variants = 1 AND is_converted) AS converted
  FROM reached GROUP BY site_id, experiment_key, variant
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
