-- grain: one row per experiment and person that was exposed to it
-- reads: ev, identities, people, experiments_config, orders
-- writes: view exposures
-- columns:
--   variant: the first one seen; n_variants: how many were seen, who saw several proves nothing
--   holdout: the variant is called holdout
--   exposed_at: first exposure
--   converted: did the goal (experiments_config, else purchase) after it
--   currency, value: of the person's first order after it, refunds taken off
WITH goals AS (
  SELECT site_id, experiment_key, arg_max(goal_event, version) AS goal FROM experiments_config GROUP BY ALL
), named AS (
  SELECT e.site_id, e.event, e.ts, e.event_id, e.experiment_key, e.variant,
    coalesce(p.person_id, e.user_id, i.person_id, 'v:' || e.visitor_id) AS person_id
  FROM ev AS e
  LEFT JOIN people AS p ON e.site_id = p.site_id AND e.user_id = p.user_id
  LEFT JOIN identities AS i ON e.site_id = i.site_id AND e.visitor_id = i.visitor_id
  WHERE e.visitor_id IS NOT NULL
    AND (e.event IN ('experiment_viewed', 'purchase') OR e.event IN (SELECT goal FROM goals))
), exposed AS (
  SELECT site_id, experiment_key, person_id, arg_min(variant, (ts, event_id)) AS variant, min(ts) AS exposed_at,
    count(DISTINCT variant) AS n_variants
  FROM named WHERE event = 'experiment_viewed' AND experiment_key IS NOT NULL AND variant IS NOT NULL
  GROUP BY site_id, experiment_key, person_id
), wanted AS (
  SELECT x.*, coalesce(g.goal, 'purchase') AS goal
  FROM exposed AS x LEFT JOIN goals AS g ON x.site_id = g.site_id AND x.experiment_key = g.experiment_key
), done AS (
  SELECT site_id, event, person_id, max(ts) AS last_at FROM named GROUP BY site_id, event, person_id
)
SELECT w.site_id, w.experiment_key, w.variant, w.variant = 'holdout' AS holdout, w.person_id, w.exposed_at, w.n_variants,
  coalesce(d.last_at >= w.exposed_at, false) AS converted, o.currency, o.revenue AS value
FROM wanted AS w
LEFT JOIN done AS d ON w.site_id = d.site_id AND w.person_id = d.person_id AND w.goal = d.event
ASOF LEFT JOIN orders AS o ON w.site_id = o.site_id AND w.person_id = o.person_id AND w.exposed_at <= o.ordered_at
