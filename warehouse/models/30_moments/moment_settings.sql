-- grain: one row per site with rules of its own, and one with site_id '' for all others
-- reads: moment_defaults, moment_models
-- writes: view moment_settings
-- columns:
--   site_id: the site, '' for the default
--   model: id of the rules, written on every moment
--   params: the rules, as in moment_defaults.json
--   prior, open_at, margin: what each intent has to begin with, the probability that opens a moment, and the lead that keeps it
--   half_life_ms: in which evidence halves
--   chances: for know, go, do and buy how the chance of an answer follows from the log-odds: [at, slope]; null without a fit
WITH merged AS (
  SELECT '' AS site_id, params FROM moment_defaults
  UNION ALL
  SELECT m.site_id, json_merge_patch(d.params, m.params) AS params
  FROM moment_models AS m, moment_defaults AS d WHERE m.active
)
SELECT site_id, params ->> 'model' AS model, params,
  CAST(params -> 'prior' AS DOUBLE) AS prior, CAST(params -> 'open' AS DOUBLE) AS open_at,
  CAST(params -> 'margin' AS DOUBLE) AS margin, CAST(params -> 'half_life_ms' AS DOUBLE) AS half_life_ms,
  CAST(params -> 'idle_ms' AS BIGINT) AS idle_ms, CAST(params -> 'span_ms' AS BIGINT) AS span_ms,
  CAST(params -> 'search_weight' AS DOUBLE) AS search_weight,
  CAST(params -> 'video_half_percent' AS DOUBLE) AS video_half_percent,
  CAST(params -> 'read_visible_ms' AS DOUBLE) AS read_visible_ms,
  [CAST(params -> 'chances' -> i AS DOUBLE[]) FOR i IN ['know', 'go', 'do', 'buy']] AS chances,
  CAST(params -> 'read_pages' AS VARCHAR[]) AS read_pages, CAST(params -> 'visit_bookings' AS VARCHAR[]) AS visit_bookings
FROM merged
