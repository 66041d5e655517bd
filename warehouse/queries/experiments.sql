-- ask: How do the A/B tests stand?
-- chart: bar rate
SELECT site_id, experiment_key, variant, people, converted, rate, uplift, low, high
FROM experiments ORDER BY ALL
