-- ask: Which intents come from which social network, kind of place and group (as the link's utm_content names it)?
-- chart: bar moments
SELECT e.social_network, e.social_kind, e.utm_content AS tag, m.intent, count(*) AS moments
FROM moments AS m JOIN ev AS e ON e.site_id = m.site_id AND e.event_id = m.session_id
WHERE coalesce(e.social_network, e.social_kind) IS NOT NULL GROUP BY ALL ORDER BY moments DESC, 1, 2, 3, 4
