-- ask: Which share of each week's newcomers comes back week by week?
-- unit: day, week, month, quarter, year
FROM retention(coalesce(getvariable('unit'), 'week')) ORDER BY site_id, cohort, age
