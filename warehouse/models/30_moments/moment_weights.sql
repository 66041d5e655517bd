-- grain: one row per site (as in moment_settings), kind of signal and key
-- reads: moment_settings
-- writes: view moment_weights
-- columns:
--   kind: event, page, arrival or sequence
--   key: the name of the event, page type, channel ... that speaks
--   w: what it adds to know, go, do and buy
WITH kinds AS (
  SELECT site_id, kind, params -> kind AS entries
  FROM moment_settings, (SELECT unnest(['event', 'page', 'arrival', 'sequence']) AS kind) AS k
), keys AS (
  SELECT site_id, kind, entries, unnest(json_keys(entries)) AS key FROM kinds
)
SELECT site_id, kind, key, CAST(json_extract(entries, '$."' || key || '"') AS DOUBLE[]) AS w FROM keys
