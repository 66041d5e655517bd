-- grain: one row per site (as in moment_settings) and signal that says something
-- reads: moment_settings
-- writes: view moment_weights
-- columns:
--   signal: event:KIND, page:KIND, ref:KIND, again or compare
--   w: what it says for know, go, do and buy, in thousandths
WITH keys AS (
  SELECT site_id, params -> 'weights' AS entries, unnest(json_keys(params -> 'weights')) AS signal FROM moment_settings
), entries AS (
  SELECT site_id, signal, CAST(json_extract(entries, '$."' || signal || '"') AS INTEGER[]) AS w FROM keys
)
SELECT site_id, signal, w FROM entries WHERE list_max(w) > 0
