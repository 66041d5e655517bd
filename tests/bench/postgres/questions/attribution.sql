SELECT channel, currency, sum(first_touch), sum(last_touch), sum(linear), sum(time_decay)
FROM attribution GROUP BY channel, currency
