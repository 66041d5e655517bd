-- grain: one row per site with rules of its own, and one with site_id '' for all others
-- reads: moment_defaults, moment_models
-- writes: view moment_settings
-- columns:
--   site_id: the site, '' for the default
--   model: id of the rules, written on every moment
--   params: the rules, as in moment_defaults.json
--   half_life: seconds in which evidence halves, for know, go, do, buy
WITH merged AS (
  SELECT '' AS site_id, params FROM moment_defaults
  UNION ALL
  SELECT m.site_id, json_merge_patch(d.params, m.params) AS params
  FROM moment_models AS m, moment_defaults AS d WHERE m.active
)
SELECT site_id, params ->> 'model' AS model, params,
  [x * 60 FOR x IN CAST(params -> 'half_life_minutes' AS DOUBLE[])] AS half_life,
  CAST(params -> 'prior' AS DOUBLE[]) AS prior,
  CAST(params -> 'temperature' AS DOUBLE) AS temperature,
  CAST(params -> 'open' AS DOUBLE) AS open_at, CAST(params -> 'rise' AS DOUBLE) AS rise_by,
  CAST(params -> 'lead' AS DOUBLE) AS lead_by,
  CAST(params -> 'idle_seconds' AS BIGINT) * 1000 AS idle_ms,
  CAST(params -> 'block_seconds' AS BIGINT) * 1000 AS block_ms,
  CAST(params -> 'search_scale' AS DOUBLE) AS search_scale,
  CAST(params -> 'dwell_seconds' AS DOUBLE) AS dwell_seconds,
  CAST(params -> 'dwell_scale' AS DOUBLE) AS dwell_scale,
  CAST(params -> 'ignored' AS VARCHAR[]) AS ignored
FROM merged
