-- ask: What was the last thing people did in moments that were not answered, per device?
-- chart: bar given_up
SELECT intent, last_event, device_type, count(*) AS given_up, min(last_at) AS since, max(last_at) AS "until"
FROM moment_ends WHERE state IN ('abandoned', 'expired') GROUP BY ALL ORDER BY given_up DESC, 1, 2, 3
