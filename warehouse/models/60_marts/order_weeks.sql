-- grain: one row per site and week
-- reads: sessions
-- writes: view order_weeks
-- columns:
--   week: the Monday it begins with
--   visits, orders: visits that began in it, and those of them that ended in an order
--   usual: orders there would be, did the same share of visits order every week
--   deviation: how far orders is from that, in standard deviations of a count; null for a site without orders
WITH counted AS (
  SELECT site_id, CAST(date_trunc('week', day) AS DATE) AS week, count(*) AS visits, count_if(n_purchases > 0) AS orders
  FROM sessions GROUP BY ALL
), expected AS (
  SELECT *, visits * sum(orders) OVER (PARTITION BY site_id) / sum(visits) OVER (PARTITION BY site_id) AS usual FROM counted
)
SELECT *, (orders - usual) / sqrt(nullif(usual, 0)) AS deviation FROM expected
