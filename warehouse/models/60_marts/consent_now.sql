-- grain: one row per visitor id: the consent its last session was under
-- reads: sessions
-- writes: view consent_now
-- columns:
--   analytics, personalization, ads: true, false, or null when not asked
SELECT site_id, visitor_id, arg_max(consent_analytics, ended_at) AS analytics,
  arg_max(consent_personalization, ended_at) AS personalization, arg_max(consent_ads, ended_at) AS ads,
  arg_max(consent_version, ended_at) AS version, arg_max(consent_gpc, ended_at) AS gpc,
  arg_max(jurisdiction, ended_at) AS jurisdiction, max(ended_at) AS seen_at
FROM sessions GROUP BY site_id, visitor_id
