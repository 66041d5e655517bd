-- grain: one row per site and UTC day of receipt
-- reads: events, loads
-- writes: view data_quality
-- columns:
--   received, stored, duplicate, rejected: the loader's books; received = stored + duplicate + rejected
--   balance: what the books miss: 0, or something was lost
--   rows: events of that day in the table now (fewer than stored after an erasure)
--   bots: rows labelled as bots
--   late: rows received more than an hour after they happened, history left out
--   clamped: rows whose time was impossible and was moved
--   skew_ms: median difference between the sender's clock and ours
--   delay_p99_s: seconds from event to receipt, 99th percentile, history left out
WITH books AS (
  SELECT day, site_id, CAST(sum(received) AS BIGINT) AS received, CAST(sum(stored) AS BIGINT) AS stored,
    CAST(sum(duplicate) AS BIGINT) AS duplicate, CAST(sum(rejected) AS BIGINT) AS rejected
  FROM loads GROUP BY day, site_id
), kept AS (
  SELECT CAST(ts_received AS DATE) AS day, site_id, count(*) AS "rows", count(*) FILTER (is_bot) AS bots,
    count(*) FILTER (ts_mark IS DISTINCT FROM 'history' AND ts_received - ts > INTERVAL 1 HOUR) AS late,
    count(*) FILTER (ts_mark IN ('clamped_past', 'clamped_future')) AS clamped, count(*) FILTER (schema_ok IS FALSE) AS off_plan,
    median(epoch_ms(ts_received) - epoch_ms(ts_sent)) AS skew_ms,
    quantile_cont(epoch(ts_received - ts), 0.99) FILTER (ts_mark IS DISTINCT FROM 'history') AS delay_p99_s
  FROM events GROUP BY ALL
)
SELECT coalesce(b.day, k.day) AS day, coalesce(b.site_id, k.site_id) AS site_id, b.received, b.stored, b.duplicate,
  b.rejected, b.received - b.stored - b.duplicate - b.rejected AS balance, coalesce(k."rows", 0) AS "rows",
  coalesce(k.bots, 0) AS bots, coalesce(k.late, 0) AS late, coalesce(k.clamped, 0) AS clamped,
  coalesce(k.off_plan, 0) AS off_plan, k.skew_ms, k.delay_p99_s
FROM books AS b FULL JOIN kept AS k ON b.day = k.day AND b.site_id = k.site_id
