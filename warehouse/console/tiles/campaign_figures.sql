-- ask: What became of each campaign in these days: decided, seen, held back, clicked, dismissed?
-- facts: lake decided ts
SELECT action AS name, count_if(chosen) AS chosen, count(shown_at) AS shown, count_if(holdout) AS held, count(clicked_at) AS clicked,
  count(dismissed_at) AS dismissed, max(ts) AS last_at
FROM decided WHERE {days} AND action IS NOT NULL AND (chosen OR holdout) GROUP BY ALL ORDER BY chosen DESC, name
