-- grain: one row per visitor and session seen in the hour before `newest`: the last clock skews, as `skews.sql` had them
-- reads: events
-- writes: temp table skew, after a restart
INSERT INTO skew
SELECT chain, max(seen_at), list(skew_us ORDER BY seen_at)[-15:] FROM (
  SELECT DISTINCT hash(site_id, visitor_id, client_session_id) AS chain, ts_received AS seen_at,
    epoch_us(ts_received) - epoch_us(ts_sent) AS skew_us
  FROM events
  WHERE ts_received > TIMESTAMP '{newest}' - INTERVAL 1 HOUR AND ts > TIMESTAMP '{newest}' - INTERVAL 32 DAYS
    AND ts_sent IS NOT NULL AND (ts_mark IS NULL OR ts_mark NOT IN ('deferred', 'history'))
) GROUP BY chain;
