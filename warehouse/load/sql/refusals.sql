-- grain: one row per event that is refused: by the collector (x of its line) or here, for want of consent or as erased
-- reads: line, staged, batch
-- writes: temp table refusal
-- A person who said no leaves no text and no id behind.
CREATE OR REPLACE TEMP TABLE refusal AS
SELECT k AS site_id, ts_received, protocol, CASE WHEN silent THEN NULL ELSE x.id END AS event_id, NULL::VARCHAR AS event,
  x.reason AS reason, CASE WHEN silent THEN NULL ELSE x.detail END AS detail, CASE WHEN silent THEN NULL ELSE x.raw END AS raw,
  NULL::VARCHAR AS segment, 'rejected' AS status, NULL::VARCHAR AS context
FROM (
  SELECT k, ts_received, m.p AS protocol, b.ctx.consent.analytics IS false AS silent, unnest(x) AS x FROM line
)
UNION ALL BY NAME
SELECT site_id, staged.ts_received, batch.m.p AS protocol, NULL::VARCHAR AS event_id, event, staged.why AS reason, NULL::VARCHAR AS detail,
  NULL::VARCHAR AS raw, NULL::VARCHAR AS segment, 'rejected' AS status, NULL::VARCHAR AS context
FROM staged JOIN batch ON batch.line_no = staged.line_no WHERE staged.refused AND staged.why != 'off_plan';
