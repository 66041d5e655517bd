-- grain: one row per batch that came between 00:00 and 02:00 under both salts and goes on under yesterday's id
-- reads: line, events
-- writes: temp table salt
-- A visit keeps yesterday's id while its gaps are at most 30 minutes; after the first longer gap today's id holds.
CREATE OR REPLACE TEMP TABLE salt AS
WITH seen AS (
  SELECT line_no, k, ts_received, coalesce(m.v2, m.v) AS id, m.v2 IS NOT NULL AS doubly FROM line WHERE m.v IS NOT NULL
), asked AS (
  SELECT k, id, min(ts_received) AS first_at FROM seen WHERE doubly GROUP BY ALL
), before AS (
  SELECT NULL::BIGINT AS line_no, events.site_id AS k, max(events.ts_received) AS ts_received, events.visitor_id AS id,
    false AS doubly
  FROM {stored} AS events JOIN asked ON asked.k = events.site_id AND asked.id = events.visitor_id
  WHERE events.ts_received > (SELECT min(first_at) FROM asked) - INTERVAL 3 HOURS
    AND events.ts > (SELECT min(first_at) FROM asked) - INTERVAL 32 DAYS
  GROUP BY ALL
), gaps AS (
  SELECT *, ts_received - lag(ts_received) OVER (PARTITION BY k, id ORDER BY ts_received, line_no) AS gap
  FROM (FROM before UNION ALL BY NAME SELECT seen.* FROM seen SEMI JOIN asked ON asked.k = seen.k AND asked.id = seen.id)
)
SELECT line_no, id AS kept FROM (
  SELECT line_no, id, doubly, bool_or(doubly AND (gap IS NULL OR gap > INTERVAL 30 MINUTES))
    OVER (PARTITION BY k, id ORDER BY ts_received, line_no) AS broken
  FROM gaps
) WHERE doubly AND NOT broken;
