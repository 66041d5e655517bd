-- grain: one row per site and day of reception in this load: received = stored + duplicate + rejected
-- reads: staged, known, refusal
-- writes: loads
-- Each row of a load says where a restart goes on: it is committed with the rows of the load, or neither is there.
INSERT INTO loads (loaded_at, site_id, day, received, stored, duplicate, rejected, positions)
SELECT now()::TIMESTAMP, site_id, day, sum(stored + duplicate + rejected), sum(stored), sum(duplicate), sum(rejected),
  CAST(CAST($positions AS JSON) AS STRUCT(segment VARCHAR, "offset" BIGINT)[])
FROM (
  SELECT site_id, ts_received::DATE AS day, count(*) FILTER (known.row_no IS NULL) AS stored,
    count(*) FILTER (known.row_no IS NOT NULL) AS duplicate, 0 AS rejected
  FROM staged LEFT JOIN known ON known.row_no = staged.rowid
  WHERE NOT staged.refused GROUP BY ALL
  UNION ALL
  SELECT site_id, ts_received::DATE AS day, 0 AS stored, 0 AS duplicate, count(*) AS rejected FROM refusal GROUP BY ALL
) GROUP BY ALL;
