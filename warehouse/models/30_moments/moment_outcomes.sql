-- grain: one row per site (as in moment_settings) and kind of event that answers a moment or is a step towards it
-- reads: moment_settings
-- writes: view moment_outcomes
-- columns:
--   intent: the intent it belongs to, 1 know to 4 buy
--   level: 1 a step, 2 an answer, 3 a conversion
--   ends: the moment is over with it
--   forces: it names the intent, whatever was done before
WITH keys AS (
  SELECT site_id, params -> 'outcomes' AS entries, unnest(json_keys(params -> 'outcomes')) AS kind FROM moment_settings
), entries AS (
  SELECT site_id, kind, json_extract(entries, '$."' || kind || '"') AS entry FROM keys
)
SELECT site_id, kind, list_position(['know', 'go', 'do', 'buy'], entry ->> 'intent') AS intent,
  list_position(['step', 'answer', 'convert'], entry ->> 'level') AS level,
  coalesce(CAST(entry -> 'ends' AS BOOLEAN), false) AS ends, coalesce(CAST(entry -> 'forces' AS BOOLEAN), false) AS forces
FROM entries
