-- grain: one row per decision, of a page or of a message: what was shown, or held back to measure it
-- reads: ev, decisions
-- writes: view decided
-- columns:
--   unit: u:<user>, v:<visitor>; null when nobody is known again (never held back, not in uplift)
--   place: where on the page; action: the campaign, with its revision, kind, variant and basis (personal, contextual)
--   chance: of this campaign and variant among those that could have been chosen
--   hold: the share held back, in basis points; holdout: it is one of them, the page's default stayed
--   chosen: to be shown; shown_at: half of it was seen
--   reasons: why others were not, each a pair of campaign and reason, 16 at most
--   confidence: of the moment it was made in; evidence: its strongest signals, none on sensitive pages
--   why: the conditions that the person is told, in their language, when they ask why; explained_at: they did
--   dismissed: close, not_useful or fewer
WITH told AS (
  SELECT *, json_transform(props, '{"place": "VARCHAR", "action": "VARCHAR", "revision": "INTEGER", "kind": "VARCHAR",
    "basis": "VARCHAR", "weight": "BIGINT", "weight_total": "BIGINT", "hold": "INTEGER", "holdout": "BOOLEAN", "chosen": "BOOLEAN",
    "suppressed_by": "VARCHAR", "reasons": [["VARCHAR"]], "intent": "VARCHAR", "conf": "INTEGER", "evidence": "JSON",
    "latency_ms": "DOUBLE", "lang": "VARCHAR", "why": ["VARCHAR"]}') AS p
  FROM ev WHERE event = 'decision'
), followed AS (
  SELECT site_id, decision_id, min(ts) FILTER (event = 'decision_shown') AS shown_at,
    min(ts) FILTER (event = 'decision_clicked') AS clicked_at, min(ts) FILTER (event = 'decision_dismissed') AS dismissed_at,
    min(ts) FILTER (event = 'decision_explained') AS explained_at,
    arg_min(props ->> '$.how', ts) FILTER (event = 'decision_dismissed') AS dismissed
  FROM ev WHERE event IN ('decision_shown', 'decision_clicked', 'decision_explained', 'decision_dismissed') AND decision_id IS NOT NULL
  GROUP BY site_id, decision_id
)
SELECT CAST(t.event_id AS VARCHAR) AS decision_id, t.site_id, t.ts, CAST(t.ts AS DATE) AS day, t.visitor_id, t.user_id,
  t.client_session_id, t.session_seq, t.id_mode,
  CASE WHEN t.id_mode IN ('cookieless', 'day') THEN NULL ELSE coalesce('u:' || t.user_id, 'v:' || t.visitor_id) END AS unit,
  t.consent_analytics, t.consent_personalization, t.consent_ads,
  p.place, p.action, p.revision, p.kind, t.variant, p.basis, p.weight / nullif(p.weight_total, 0) AS chance, p.hold,
  coalesce(p.holdout, false) AS holdout, coalesce(p.chosen, false) AS chosen, p.suppressed_by, p.reasons[:16] AS reasons,
  p.intent, p.conf / 1000 AS confidence, p.evidence, p.why, p.latency_ms, p.lang,
  f.shown_at, f.clicked_at, f.explained_at, f.dismissed_at, f.dismissed
FROM told AS t LEFT JOIN followed AS f ON t.site_id = f.site_id AND f.decision_id = CAST(t.event_id AS VARCHAR)
UNION ALL BY NAME
SELECT decision_id, site_id, coalesce(shown_at, decided_at) AS ts, CAST(decided_at AS DATE) AS day, visitor_id, user_id,
  coalesce('u:' || user_id, 'v:' || visitor_id) AS unit, channel AS place, action, variant,
  CASE WHEN purpose IS NULL THEN 'contextual' ELSE 'personal' END AS basis, propensity AS chance,
  coalesce(is_holdout, false) AS holdout, shown_at IS NOT NULL AS chosen,
  coalesce(suppressed, CASE WHEN is_holdout THEN 'holdout' END) AS suppressed_by, latency_ms, lang,
  shown_at, clicked_at, dismissed_at
FROM decisions
