-- The sessions of a generated shop: who comes when, for how many events, and who buys.
CREATE OR REPLACE TEMP TABLE plan AS
WITH drawn AS (
  SELECT DISTINCT
    -- A product of uniforms: few visitors come often, many once.
    CAST(floor({visitors} * pow(u1, 2.2)) AS BIGINT) AS visitor,
    CAST(floor({days} * u2) AS BIGINT) AS day_no,
    -- Evenings are twice as busy as nights.
    CAST(CASE WHEN u4 < 0.6 THEN 6 + floor(6 * u3) ELSE floor({slots} * u3) END AS BIGINT) AS slot
  FROM (SELECT hash(i, {seed}, 1) % 1000003 / 1000003.0 AS u1, hash(i, {seed}, 2) % 1000003 / 1000003.0 AS u2,
    hash(i, {seed}, 3) % 1000003 / 1000003.0 AS u3, hash(i, {seed}, 4) % 1000003 / 1000003.0 AS u4
    FROM range({sessions}) AS r(i))
), kinds AS (
  SELECT *, hash(visitor, day_no, slot, {seed}) AS h FROM drawn
)
SELECT visitor, TIMESTAMP '{first}' + to_days(CAST(day_no AS INT)) + INTERVAL 1 HOUR + to_hours(CAST(2 * slot AS INT))
    + to_milliseconds(CAST(h % 600000 AS DOUBLE)) AS started_at,
  1 + CAST(floor(20 * pow((h >> 5) % 10007 / 10007.0, 2.4)) AS BIGINT) AS n_events,
  (h >> 9) % 100 < 6 AS buys, (h >> 15) % 97 AS taste, h
FROM kinds
