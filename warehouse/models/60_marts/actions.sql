-- grain: one row per site and action
-- reads: decided, ev, campaign_goals
-- writes: view actions
-- columns:
--   goal: the event the newest revision is for, purchase when it is not known (messages)
--   shown, held_out: people whose first decision was to show it, and whose was to leave them alone to compare; only once the time of the goal is over
--   rate, base: share of them who reached the goal of the revision they were decided under, within its time (7 days when not known)
--   uplift: rate / base - 1
--   low, high: 95 % interval of rate - base (Newcombe)
--   verdict: helps, harms, not known yet, too few (fewer than 100 on a side)
--   people_needed: so many more until a difference like this one would be told from chance (80 % of the time)
WITH chosen AS (
  SELECT site_id, action, unit, arg_min(holdout, (ts, decision_id)) AS is_holdout, min(ts) AS since,
    arg_min(visitor_id, (ts, decision_id)) AS visitor_id, arg_min(revision, (ts, decision_id)) AS revision
  FROM decided WHERE unit IS NOT NULL AND (chosen OR holdout)
  GROUP BY site_id, action, unit
), newest_goal AS (
  SELECT site_id, action, arg_max(goal, revision) AS goal, arg_max(within_ms, revision) AS within_ms
  FROM campaign_goals GROUP BY site_id, action
), aimed AS (
  -- A revision whose goal is not known (the lake was built anew) is taken for the newest.
  SELECT c.*, coalesce(n.goal, 'purchase') AS newest, coalesce(g.goal, n.goal, 'purchase') AS goal,
    since + to_milliseconds(coalesce(g.within_ms, n.within_ms, 604800000)) AS over
  FROM chosen AS c LEFT JOIN campaign_goals AS g USING (site_id, action, revision) LEFT JOIN newest_goal AS n USING (site_id, action)
), reached AS (
  -- Not EXISTS: its times make DuckDB compare every choice with every event.
  SELECT a.*, coalesce(bool_or(e.ts >= a.since AND e.ts < a.over), false) AS bought
  FROM aimed AS a LEFT JOIN (SELECT site_id, visitor_id, event, ts FROM ev) AS e
    ON e.site_id = a.site_id AND e.visitor_id = a.visitor_id AND e.event = a.goal
  WHERE a.over <= newest() GROUP BY ALL
), counted AS (
  SELECT site_id, action, any_value(newest) AS goal, count_if(NOT is_holdout) AS shown, count_if(is_holdout) AS held_out,
    avg(CAST(bought AS INTEGER)) FILTER (NOT is_holdout) AS rate,
    avg(CAST(bought AS INTEGER)) FILTER (is_holdout) AS base
  FROM reached GROUP BY site_id, action
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
SELECT site_id, action, goal, shown, held_out, rate, base, rate / nullif(base, 0) - 1 AS uplift, low, high,
  CASE WHEN shown < 100 OR held_out < 100 THEN 'too few' WHEN low > 0 THEN 'helps' WHEN high < 0 THEN 'harms'
    ELSE 'not known yet' END AS verdict,
  CASE WHEN low > 0 OR high < 0 THEN 0 ELSE CAST(ceil(greatest(needed - people, 0)) AS BIGINT) END AS people_needed
FROM judged
