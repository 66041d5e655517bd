-- grain: one row per site (as in moment_settings) and page type that is called by another name in the rules
-- reads: moment_settings
-- writes: view moment_page_kinds
-- columns:
--   sent: the type as pages send it, in lower case and without https://schema.org/
--   page: the kind of page the rules have weights for
WITH keys AS (
  SELECT site_id, params -> 'pages' AS entries, unnest(json_keys(params -> 'pages')) AS sent FROM moment_settings
)
SELECT site_id, sent, json_extract_string(entries, '$."' || sent || '"') AS page FROM keys
