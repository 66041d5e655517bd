-- ask: Why were actions not shown, and how long does a decision take?
-- chart: bar decisions
SELECT coalesce(suppressed_by, 'shown') AS reason, count(*) AS decisions,
  quantile_cont(latency_ms, 0.5) AS p50_ms, quantile_cont(latency_ms, 0.99) AS p99_ms
FROM decided GROUP BY reason
UNION ALL BY NAME SELECT reason, sum(n) AS decisions FROM suppressions GROUP BY reason ORDER BY decisions DESC
