WITH visited AS (
  SELECT site_id, coalesce(channel, 'unknown') AS channel, count(DISTINCT visitor_id) AS visitors, count(*) AS sessions,
    avg(is_bounce::int) AS bounce_rate, avg((n_purchases > 0)::int) AS conversion_rate
  FROM sessions GROUP BY 1, 2
), earned AS (
  SELECT site_id, channel, coalesce(currency, '?') AS currency, sum(last_touch) AS revenue
  FROM attribution GROUP BY 1, 2, 3
), packed AS (
  SELECT site_id, channel, '{' || string_agg(currency || '=' || revenue, ', ' ORDER BY currency) || '}' AS revenue
  FROM earned GROUP BY 1, 2
)
SELECT site_id, channel, coalesce(visitors, 0), coalesce(sessions, 0), round(bounce_rate, 3),
  round(conversion_rate, 4), revenue
FROM visited FULL JOIN packed USING (site_id, channel)
