-- grain: the time of the newest event
-- reads: events
-- writes: scalar newest()
-- columns:
--   newest: use it where now() would stand, so that a history that was brought in answers too; null in an empty lake
SELECT max(ts) FROM events
