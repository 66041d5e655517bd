WITH books AS (
  SELECT day, site_id, sum(received) AS received, sum(stored) AS stored, sum(duplicate) AS duplicate,
    sum(rejected) AS rejected
  FROM loads GROUP BY day, site_id
), kept AS (
  SELECT ts_received::date AS day, site_id, count(*) AS n, count(*) FILTER (WHERE is_bot) AS bots,
    count(*) FILTER (WHERE ts_mark IS DISTINCT FROM 'history' AND ts_received - ts > interval '1 hour') AS late,
    count(*) FILTER (WHERE ts_mark IN ('clamped_past', 'clamped_future')) AS clamped,
    count(*) FILTER (WHERE schema_ok IS FALSE) AS off_plan,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ts_received - ts_sent)::float8) * 1000 AS skew_ms,
    percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM ts_received - ts)::float8)
      FILTER (WHERE ts_mark IS DISTINCT FROM 'history') AS delay_p99_s
  FROM events GROUP BY 1, 2
)
SELECT day, site_id, received, stored, duplicate, rejected, received - stored - duplicate - rejected,
  coalesce(n, 0), coalesce(bots, 0), coalesce(late, 0), coalesce(clamped, 0), coalesce(off_plan, 0), skew_ms,
  round(delay_p99_s * 1000) / 1000
FROM books FULL JOIN kept USING (day, site_id)
