WITH meant AS (
  SELECT t.site_id, t.order_id, t.currency, t.revenue, m.intent, m.started_at, m.moment_id,
    lag(m.intent) OVER (PARTITION BY t.site_id, t.order_id ORDER BY m.started_at, m.moment_id) AS before
  FROM touches AS t JOIN moments AS m ON t.site_id = m.site_id AND t.session_id = m.session_id
  WHERE m.started_at <= t.ordered_at
), walked AS (
  SELECT site_id, order_id, currency, revenue, count(*) AS n, string_agg(intent, ' > ' ORDER BY started_at, moment_id)
    FILTER (WHERE intent IS DISTINCT FROM before) AS path
  FROM meant GROUP BY site_id, order_id, currency, revenue
)
SELECT path, currency, round(avg(n), 1), count(*) AS orders, sum(revenue)
FROM walked GROUP BY path, currency ORDER BY orders DESC, path, currency LIMIT 30
