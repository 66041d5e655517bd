-- ask: How many searches of each intent are there over time?
-- facts: visit_searches ts
SELECT {period} AS period, {bucket} AS bucket, intent, count(*) AS moments
FROM visit_searches WHERE {both} AND intent IS NOT NULL
GROUP BY ALL ORDER BY ALL
