-- ask: Which intent follows which within a visit, and where does it end?
-- facts: visit_steps started_at
-- filter: follows
SELECT step, source, target, count(*) AS visits, link
FROM visit_steps WHERE {now} AND step <= 3
GROUP BY ALL ORDER BY ALL
