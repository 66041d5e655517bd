-- ask: What was earned, after refunds, in each currency?
-- facts: visit_orders ordered_at
SELECT {period} AS period, {bucket} AS bucket, currency, count(*) AS orders, sum(revenue) AS revenue
FROM visit_orders WHERE {both}
GROUP BY ALL ORDER BY ALL
