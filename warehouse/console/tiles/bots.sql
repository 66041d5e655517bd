-- ask: Which events are labelled as bots', and why?
-- facts: lake events ts
SELECT bot_reason AS name, count(*) AS events
FROM events WHERE {site} AND ts >= {begin} AND ts < {end} AND is_bot
GROUP BY name ORDER BY events DESC, name LIMIT 20
