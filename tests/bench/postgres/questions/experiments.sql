WITH named AS (
  SELECT e.site_id, e.event, e.ts, e.experiment_key, e.variant, coalesce(e.user_id, i.person_id, 'v:' || e.visitor_id) AS person_id
  FROM ev AS e LEFT JOIN identities AS i
    ON e.site_id = i.site_id AND e.visitor_id = i.visitor_id
  WHERE e.visitor_id IS NOT NULL AND e.event IN ('experiment_viewed', 'purchase')
), told AS (
  SELECT *, max(ts) FILTER (WHERE event = 'purchase') OVER (PARTITION BY site_id, person_id) AS last_bought_at FROM named
), exposed AS (
  SELECT site_id, experiment_key, person_id, (array_agg(variant ORDER BY ts))[1] AS variant,
    count(DISTINCT variant) AS n_variants, max(last_bought_at) >= min(ts) AS is_converted
  FROM told WHERE event = 'experiment_viewed' AND experiment_key IS NOT NULL AND variant IS NOT NULL GROUP BY 1, 2, 3
), counted AS (
  SELECT site_id, experiment_key, variant, count(*) FILTER (WHERE n_variants = 1) AS people,
    count(*) FILTER (WHERE n_variants = 1 AND is_converted) AS converted
  FROM exposed GROUP BY 1, 2, 3
), rated AS (
  SELECT *, converted::float8 / nullif(people, 0) AS rate, first_value(people) OVER w AS base_people,
    first_value(converted::float8 / nullif(people, 0)) OVER w AS base
  FROM counted WINDOW w AS (PARTITION BY site_id, experiment_key ORDER BY variant <> 'control', variant)
), bounded AS (
  SELECT *, 1.96 * sqrt(rate * (1 - rate) / people + base * (1 - base) / base_people) AS margin FROM rated
)
SELECT site_id, experiment_key, variant, people, converted, rate, rate / nullif(base, 0) - 1,
  rate - base - margin, rate - base + margin
FROM bounded
