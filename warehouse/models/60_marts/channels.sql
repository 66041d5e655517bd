-- grain: one row per site and channel
-- reads: sessions, attribution
-- writes: view channels
-- columns:
--   bounce_rate, conversion_rate: share of the sessions with a single page view, with a purchase
--   revenue: by currency, last-touch (all other models: attribution)
WITH visited AS (
  SELECT site_id, coalesce(channel, 'unknown') AS channel, count(DISTINCT visitor_id) AS visitors, count(*) AS sessions,
    avg(CAST(is_bounce AS INTEGER)) AS bounce_rate, avg(CAST(n_purchases > 0 AS INTEGER)) AS conversion_rate
  FROM sessions GROUP BY ALL
), earned AS (
  SELECT site_id, channel, currency, sum(last_touch) AS revenue FROM attribution
  GROUP BY site_id, channel, currency
), packed AS (
  SELECT site_id, channel, map(list(coalesce(currency, '?') ORDER BY currency), list(revenue ORDER BY currency)) AS revenue
  FROM earned GROUP BY site_id, channel
)
SELECT coalesce(v.site_id, p.site_id) AS site_id, coalesce(v.channel, p.channel) AS channel,
  coalesce(v.visitors, 0) AS visitors, coalesce(v.sessions, 0) AS sessions, v.bounce_rate, v.conversion_rate, p.revenue
FROM visited AS v FULL JOIN packed AS p ON v.site_id = p.site_id AND v.channel = p.channel
