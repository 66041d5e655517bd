WITH latest AS (SELECT max(ts) AS m FROM searches), counted AS (
  SELECT norm, count(*) FILTER (WHERE ts > m - interval '7 days') AS this_week, count(*) AS both_weeks
  FROM searches, latest WHERE ts > m - interval '14 days' GROUP BY norm
)
SELECT norm, this_week, both_weeks - this_week AS week_before, 2 * this_week - both_weeks AS rise
FROM counted WHERE 2 * this_week > both_weeks ORDER BY rise DESC, norm LIMIT 20
