-- ask: What revenue does each channel earn under four models: first touch, last touch, equal shares, shares that halve each week?
-- facts: lake visit_attribution ordered_at
-- filter: channel
SELECT currency, channel AS name, sum(first_touch) AS first_touch, sum(last_touch) AS last_touch, sum(linear) AS linear,
  sum(time_decay) AS time_decay, count(DISTINCT order_id) AS orders
FROM visit_attribution WHERE {now}
GROUP BY ALL ORDER BY currency, linear DESC, name
