SELECT started_at::date AS day, count(*), count(*) FILTER (WHERE state = 'abandoned'),
  round(avg((state = 'abandoned')::int), 3)
FROM carts WHERE state <> 'open' GROUP BY day
