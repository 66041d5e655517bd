-- ask: Is the data sound, day by day: books, bots, rejects, lateness?
-- facts: lake data_quality day
SELECT day, received, stored, duplicate, rejected, balance, bots, late, clamped, off_plan, round(skew_ms) AS skew_ms,
  round(delay_p99_s, 3) AS delay_p99_s
FROM data_quality WHERE {days}
ORDER BY day DESC
