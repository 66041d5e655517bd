-- ask: How long until a moment is recognised, and until it is answered (seconds)?
-- chart: bar seconds_to_answer
SELECT intent, count(*) AS moments, median(epoch(detected_at - started_at)) AS seconds_to_detect,
  median(seconds_to_outcome) AS seconds_to_answer, quantile_cont(seconds_to_outcome, 0.9) AS p90
FROM moments GROUP BY intent ORDER BY intent
