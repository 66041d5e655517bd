WITH consents AS (
  SELECT jurisdiction, a.purpose, a.granted FROM ev CROSS JOIN LATERAL (
    VALUES ('analytics', consent_analytics), ('personalization', consent_personalization), ('ads', consent_ads)
  ) AS a (purpose, granted)
  WHERE event = 'consent_changed'
  UNION ALL
  SELECT jurisdiction, purpose, granted FROM consent_log
)
SELECT jurisdiction, purpose, count(*) FILTER (WHERE granted), count(*) FILTER (WHERE NOT granted),
  round(avg(granted::int), 3)
FROM consents GROUP BY 1, 2
