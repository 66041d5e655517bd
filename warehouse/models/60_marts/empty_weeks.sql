-- grain: one row per site, event and week, of visits that looked at products and put none into the cart
-- reads: ev_sessions, sessions
-- writes: view empty_weeks
-- columns:
--   week: the Monday it begins with
--   visits: empty-handed visits of that week in which the event came
--   usual: what they would be, came the event in the same share of empty-handed visits every week
--   deviation: how far visits is from that, in standard deviations of a count
WITH empty_handed AS (
  SELECT site_id, session_id, CAST(date_trunc('week', day) AS DATE) AS week
  FROM sessions WHERE n_items > 0 AND n_adds = 0 AND n_purchases = 0
), counted AS (
  -- Without an event: all of the week's.
  SELECT s.site_id, e.event, s.week, count(DISTINCT session_id) AS visits
  FROM empty_handed AS s JOIN ev_sessions AS e USING (site_id, session_id)
  GROUP BY GROUPING SETS ((s.site_id, s.week, e.event), (s.site_id, s.week))
), expected AS (
  SELECT *, max(visits) FILTER (event IS NULL) OVER (PARTITION BY site_id, week)
    / sum(visits) FILTER (event IS NULL) OVER (PARTITION BY site_id)
    * sum(visits) OVER (PARTITION BY site_id, event) AS usual
  FROM counted
)
SELECT site_id, event, week, visits, usual, (visits - usual) / sqrt(usual) AS deviation FROM expected WHERE event IS NOT NULL
