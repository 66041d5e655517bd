-- ask: Why were actions not shown, and how long does a decision take?
-- chart: bar decisions
SELECT coalesce(suppressed, 'shown') AS reason, count(*) AS decisions,
  quantile_cont(latency_ms, 0.5) AS p50_ms, quantile_cont(latency_ms, 0.99) AS p99_ms
FROM decisions GROUP BY reason ORDER BY decisions DESC
