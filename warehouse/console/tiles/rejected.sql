-- ask: Which events were refused, and why?
-- facts: lake events_rejected ts_received
SELECT reason AS name, status, count(*) AS events
FROM events_rejected WHERE {site} AND ts_received >= {begin} AND ts_received < {end}
GROUP BY ALL ORDER BY events DESC, name, status LIMIT 20
