-- grain: one row per decision that was shown without the consent its purpose needs; must be empty
-- reads: decisions, events
-- writes: view shown_without_consent
-- columns:
--   granted: what the event says about the purpose (decision_shown of a message, decision of a page); null when it says nothing
WITH told AS (
  SELECT d.*, CASE d.purpose WHEN 'ads' THEN e.consent_ads WHEN 'analytics' THEN e.consent_analytics
    ELSE e.consent_personalization END AS granted
  FROM decisions AS d LEFT JOIN events AS e
    ON d.site_id = e.site_id AND d.decision_id = e.decision_id AND e.event = 'decision_shown'
  WHERE d.shown_at IS NOT NULL AND d.purpose IS NOT NULL
), page AS (
  -- The consent is the context's, which another part of the SDK writes than the gate that is watched here.
  SELECT site_id, CAST(event_id AS VARCHAR) AS decision_id, visitor_id, ts AS shown_at, props ->> '$.action' AS action,
    unnest(CASE WHEN (props ->> '$.kind') IN ('offer', 'banner') THEN ['personalization', 'ads'] ELSE ['personalization'] END) AS purpose,
    consent_personalization, consent_ads
  FROM events WHERE event = 'decision' AND (props ->> '$.chosen') = 'true' AND (props ->> '$.basis') = 'personal'
)
SELECT site_id, decision_id, visitor_id, shown_at, rule, action, purpose, granted FROM told WHERE granted IS NOT TRUE
UNION ALL BY NAME
SELECT site_id, decision_id, visitor_id, shown_at, action, purpose,
  CASE purpose WHEN 'ads' THEN consent_ads ELSE consent_personalization END AS granted
FROM page WHERE CASE purpose WHEN 'ads' THEN consent_ads ELSE consent_personalization END IS NOT TRUE
