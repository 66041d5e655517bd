-- ask: How many carts are bought, and what is left in the others?
-- facts: lake visit_carts started_at
SELECT currency, state, count(*) AS carts, sum(value) AS value
FROM visit_carts WHERE {now}
GROUP BY ALL ORDER BY ALL
