-- ask: What does each channel bring: visits, bounce, conversion?
-- facts: visits started_at
-- filter: channel
SELECT channel AS name, count(DISTINCT visitor_id) AS visitors, count(*) AS visits,
  count(*) FILTER (n_events = 1 AND n_views = 1) AS bounced, count(*) FILTER (n_purchases > 0) AS bought,
  round(avg(n_events), 1) AS events
FROM visits WHERE {now}
GROUP BY name ORDER BY visits DESC, name
