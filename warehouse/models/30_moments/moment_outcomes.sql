-- grain: one row per site (as in moment_settings) and event that answers a moment
-- reads: moment_settings
-- writes: view moment_outcomes
-- columns:
--   intent: the intent it answers
--   seconds, scroll, percent: the least time on the page, depth of scrolling and share of the video that count, 0 = any
--   pages: page types it counts on, null = all
WITH keys AS (
  SELECT site_id, params -> 'outcome' AS entries, unnest(json_keys(params -> 'outcome')) AS event FROM moment_settings
), entries AS (
  SELECT site_id, event, json_extract(entries, '$."' || event || '"') AS entry FROM keys
)
SELECT site_id, event, entry ->> 'intent' AS intent,
  coalesce(CAST(entry -> 'seconds' AS DOUBLE), 0) AS seconds,
  coalesce(CAST(entry -> 'scroll' AS DOUBLE), 0) AS scroll,
  coalesce(CAST(entry -> 'percent' AS DOUBLE), 0) AS "percent",
  CAST(entry -> 'pages' AS VARCHAR[]) AS pages
FROM entries
