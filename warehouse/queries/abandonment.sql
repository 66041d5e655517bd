-- ask: Which share of the carts is abandoned, day by day?
-- chart: spark share
SELECT CAST(started_at AS DATE) AS day, count(*) AS n, count_if(state = 'abandoned') AS abandoned,
  round(abandoned / n, 3) AS share
FROM carts WHERE state <> 'open' GROUP BY day ORDER BY day
