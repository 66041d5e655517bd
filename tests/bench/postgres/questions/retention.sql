WITH active AS (
  SELECT DISTINCT site_id, person_id, date_trunc('week', started_at)::date AS week FROM sessions
), born AS (
  SELECT *, min(week) OVER (PARTITION BY site_id, person_id) AS cohort FROM active
), counted AS (
  SELECT site_id, cohort, (week - cohort) / 7 AS age, count(*) AS people FROM born GROUP BY 1, 2, 3
)
SELECT *, people::float8 / first_value(people) OVER (PARTITION BY site_id, cohort ORDER BY age) FROM counted
