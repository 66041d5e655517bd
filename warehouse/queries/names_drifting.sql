-- ask: Which event names are new, and which have fallen silent, in the last 7 days?
WITH n AS (SELECT site_id, event, min(ts) AS first_at, max(ts) AS last_at, count(*) AS events FROM events GROUP BY ALL)
SELECT * EXCLUDE w, first_at > w AS is_new FROM n, (SELECT max(ts) - INTERVAL 7 DAY AS w FROM events)
WHERE first_at > w OR last_at < w ORDER BY ALL
