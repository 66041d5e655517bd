-- grain: one row per page view, place, campaign and reason that nothing was shown for
-- reads: ev
-- writes: view suppressions
-- columns:
--   reason: as docs/act.md lists them; n: how often it was the reason
WITH told AS (
  SELECT event_id, site_id, ts, visitor_id, page_lang AS lang, props ->> '$.place' AS place,
    unnest(map_entries(TRY_CAST(props -> '$.reasons' AS MAP(VARCHAR, MAP(VARCHAR, BIGINT))))) AS one
  FROM ev WHERE event = 'decision_suppressed'
), each AS (
  SELECT event_id, site_id, ts, visitor_id, lang, place, one.key AS action, unnest(map_entries(one.value)) AS why FROM told
)
SELECT event_id, site_id, ts, visitor_id, lang, place, action, why.key AS reason, why.value AS n FROM each
