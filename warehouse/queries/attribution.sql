-- ask: What revenue does each channel earn under four attribution models?
-- chart: bar linear
SELECT channel, currency, sum(first_touch) AS first_touch, sum(last_touch) AS last_touch, sum(linear) AS linear,
  sum(time_decay) AS time_decay
FROM attribution GROUP BY ALL ORDER BY linear DESC, channel, currency
