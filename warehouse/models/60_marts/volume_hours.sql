-- grain: one row per site and whole hour from its first event to its last, hours without events too
-- reads: events
-- writes: view volume_hours
-- columns:
--   hour: when it begins (UTC)
--   n: events in that hour
--   usual: median of the same hour of all weeks
--   deviation: distance from usual in standard deviations of a count (square roots of usual)
WITH counted AS (
  SELECT site_id, date_trunc('hour', ts) AS hour, count(*) AS n FROM events GROUP BY ALL
), spans AS (
  SELECT site_id, min(hour) AS first_hour, max(hour) AS last_hour FROM counted GROUP BY site_id
), hours AS (
  -- The last hour may still be going on.
  SELECT site_id, unnest(generate_series(first_hour, last_hour - INTERVAL 1 HOUR, INTERVAL 1 HOUR)) AS hour FROM spans
), filled AS (
  SELECT h.site_id, h.hour, coalesce(c.n, 0) AS n
  FROM hours AS h LEFT JOIN counted AS c ON c.site_id = h.site_id AND c.hour = h.hour
), usual AS (
  SELECT *, median(n) OVER (PARTITION BY site_id, dayofweek(hour), hour(hour)) AS usual FROM filled
)
SELECT *, abs(n - usual) / sqrt(greatest(usual, 1)) AS deviation FROM usual
