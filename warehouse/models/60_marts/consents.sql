-- grain: one row per answer to a consent question and purpose
-- reads: ev, consent_log
-- writes: view consents
-- columns:
--   visitor_id: null when analytics was refused: such an answer is kept without any id
--   purpose: analytics, personalization or ads
SELECT site_id, event_id, visitor_id, ts AS answered_at, jurisdiction, consent_version AS version, consent_gpc AS gpc,
  unnest(['analytics', 'personalization', 'ads']) AS purpose,
  unnest([consent_analytics, consent_personalization, consent_ads]) AS granted
FROM ev WHERE event = 'consent_changed'
UNION ALL
SELECT site_id, event_id, visitor_id, changed_at, jurisdiction, version, gpc, purpose, granted FROM consent_log
