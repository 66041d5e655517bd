-- ask: What does each action change, against those it was held back from?
-- chart: bar uplift
SELECT site_id, action, goal, shown, held_out, round(rate, 4) AS rate, round(base, 4) AS base, uplift, low, high, verdict, people_needed
FROM actions ORDER BY uplift DESC
