SELECT channel, currency, sum(amount) FILTER (WHERE model = 'first'), sum(amount) FILTER (WHERE model = 'last'),
  sum(amount) FILTER (WHERE model = 'linear'), sum(amount) FILTER (WHERE model = 'time_decay')
FROM attribution GROUP BY channel, currency
