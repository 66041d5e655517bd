-- grain: one row per site, event, week and device
-- reads: ev
-- writes: view event_weeks
-- columns:
--   week: the Monday it begins with
--   n: events of that kind in that week on that device
--   usual: what they would be, were the event spread over weeks and devices as all events of the site are
--   deviation: how far n is from that, in standard deviations of a count
WITH counted AS (
  SELECT site_id, event, CAST(date_trunc('week', ts) AS DATE) AS week, device_type, count(*) AS n FROM ev GROUP BY ALL
), expected AS (
  SELECT *, sum(n) OVER (PARTITION BY site_id, event) * sum(n) OVER (PARTITION BY site_id, week, device_type)
    / sum(n) OVER (PARTITION BY site_id) AS usual
  FROM counted
)
SELECT *, (n - usual) / sqrt(usual) AS deviation FROM expected
