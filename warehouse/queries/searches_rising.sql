-- ask: Which searches rise week on week?
-- chart: bar rise
SELECT norm, count_if(ts > m - INTERVAL 7 DAY) AS this_week, count(*) - this_week AS week_before,
  this_week - week_before AS rise
FROM asked, (SELECT max(ts) AS m FROM asked) WHERE ts > m - INTERVAL 14 DAY
GROUP BY norm HAVING rise > 0 ORDER BY rise DESC, norm LIMIT 20
