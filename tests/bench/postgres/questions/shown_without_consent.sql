WITH told AS (
  SELECT d.*, CASE d.purpose WHEN 'ads' THEN e.consent_ads WHEN 'analytics' THEN e.consent_analytics
    ELSE e.consent_personalization END AS granted
  FROM decisions AS d LEFT JOIN events AS e
    ON d.site_id = e.site_id AND d.decision_id = e.decision_id AND e.event = 'decision_shown'
  WHERE d.shown_at IS NOT NULL AND d.purpose IS NOT NULL
)
SELECT site_id, decision_id, visitor_id, shown_at, rule, action, purpose, granted FROM told WHERE granted IS NOT TRUE
