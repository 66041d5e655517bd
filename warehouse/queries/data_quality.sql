-- ask: Is the data sound, day by day: books, bots, rejects, skew, lateness?
-- chart: spark rows
SELECT * REPLACE (round(delay_p99_s, 3) AS delay_p99_s)
FROM data_quality ORDER BY day DESC, site_id
