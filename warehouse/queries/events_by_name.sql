-- ask: Which events are sent, how many, by how many visitors?
-- chart: bar events
SELECT event, count(*) AS events, count(DISTINCT visitor_id) AS visitors
FROM ev WHERE site_id LIKE coalesce(getvariable('site'), '%')
GROUP BY event ORDER BY events DESC, event LIMIT 50
