-- ask: Which language or device is answered worse? (upper end of 90 % more than 0.1 under the mean of all moments)
-- chart: bar answered
SELECT site_id, kind, served, n, round(answered, 3) AS answered, round(at_most, 3) AS at_most, round(usual, 3) AS usual, is_unfair
FROM moment_fairness ORDER BY is_unfair DESC, moment_fairness.answered, site_id, kind, served
