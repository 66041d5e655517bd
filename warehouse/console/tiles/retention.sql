-- ask: Which share of newcomers comes back, and when?
-- facts: lake sessions started_at
{choose persons}SELECT cohort, age, people, share
FROM retention('{unit}', persons := {chosen})
WHERE {site} AND cohort > {end} - INTERVAL 12 {unit} AND cohort < {end} ORDER BY cohort, age
