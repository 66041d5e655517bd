-- grain: one row per site and path whose shape tells the type of page
-- reads: ev, moment_settings
-- writes: part moment_pages
-- columns:
--   page: the type of page; the first part of the path that is listed under `path` in the rules decides
WITH parts AS (
  SELECT site_id, url_path, unnest(string_split(lower(url_path), '/')) AS part,
    generate_subscripts(string_split(url_path, '/'), 1) AS place
  FROM (SELECT DISTINCT site_id, url_path FROM ev WHERE $near AND url_path IS NOT NULL)
), shapes AS (
  SELECT site_id, params -> 'path' AS entries, unnest(json_keys(params -> 'path')) AS part FROM moment_settings
), known AS (
  SELECT site_id, part, json_extract_string(entries, '$."' || part || '"') AS page FROM shapes
)
SELECT p.site_id, p.url_path, arg_min(k.page, p.place) AS page
FROM parts AS p
LEFT JOIN moment_settings AS own ON own.site_id = p.site_id
JOIN known AS k ON k.part = p.part AND k.site_id = coalesce(own.site_id, '')
GROUP BY ALL
