-- ask: What revenue does each channel earn under four attribution models?
-- chart: bar linear
SELECT channel, currency, sum(amount) FILTER (model = 'first') AS first_touch,
  sum(amount) FILTER (model = 'last') AS last_touch, sum(amount) FILTER (model = 'linear') AS linear,
  sum(amount) FILTER (model = 'time_decay') AS time_decay
FROM attribution GROUP BY ALL ORDER BY linear DESC, channel
