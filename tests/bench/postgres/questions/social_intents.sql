SELECT e.social_network, e.social_kind, e.utm_content, m.intent, count(*)
FROM moments AS m JOIN ev AS e ON e.site_id = m.site_id AND e.event_id = m.session_id
WHERE coalesce(e.social_network, e.social_kind) IS NOT NULL GROUP BY 1, 2, 3, 4
