-- grain: one row per event of a person (bots left out; all rows are in events)
-- reads: events
-- writes: view ev
SELECT * FROM events WHERE is_bot IS NOT TRUE
