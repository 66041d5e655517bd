-- ask: What does each channel bring: visitors, bounce, conversion, revenue?
-- chart: bar visitors
SELECT site_id, channel, visitors, sessions, round(bounce_rate, 3) AS bounce_rate,
  round(conversion_rate, 4) AS conversion_rate, revenue
FROM channels ORDER BY visitors DESC, channel
