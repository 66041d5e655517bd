SELECT coalesce(suppressed, 'shown'), count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms),
  percentile_cont(0.99) WITHIN GROUP (ORDER BY latency_ms)
FROM decisions GROUP BY 1
