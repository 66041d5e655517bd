-- ask: Which props did an event carry in most cases for four weeks, and hardly at all in the last 7 days?
-- chart: bar share_before
FROM prop_drift WHERE events_before >= 50 AND events_now >= 10
  AND share_before >= coalesce(getvariable('percent'), 80) / 100 AND share_now < share_before / 10
ORDER BY events_before DESC, event, prop
