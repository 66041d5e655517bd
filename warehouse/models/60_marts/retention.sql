-- grain: one row per cohort (unit of the first session) and age in units
-- reads: sessions
-- writes: macro retention(unit := 'week', persons := '')
-- columns:
--   cohort: start of the unit in which the person came first
--   people: of the cohort with a session `age` units later; share: of the whole cohort
-- Where `persons` is a list, those of it alone are counted.
WITH active AS (
  SELECT DISTINCT site_id, person_id, CAST(date_trunc(unit, started_at) AS DATE) AS "at" FROM sessions
  WHERE typeof(persons) = 'VARCHAR' OR person_id IN (SELECT unnest(TRY_CAST(persons AS VARCHAR[])))
), born AS (
  SELECT *, min("at") OVER (PARTITION BY site_id, person_id) AS cohort FROM active
), counted AS (
  SELECT site_id, cohort, date_diff(unit, cohort, "at") AS age, count(*) AS people FROM born GROUP BY ALL
)
SELECT *, people / first_value(people) OVER (PARTITION BY site_id, cohort ORDER BY age) AS share FROM counted
