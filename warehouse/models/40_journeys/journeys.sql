-- grain: one row per order: how its person came to it
-- reads: touches, moments
-- writes: view journeys
-- columns:
--   channels: channel of each session in the 30 days before, oldest first
--   intents: intent of each moment in these sessions, oldest first
--   path: the intents as a text, an intent that goes on counted once: know > buy
--   days: from the first touch to the order
--   purchased: whether something is left of the order after its refunds
--   value: revenue, under the name that all views of money share
WITH walked AS (
  SELECT site_id, order_id, any_value(person_id) AS person_id, any_value(person_why) AS person_why,
    any_value(ordered_at) AS ordered_at, any_value(currency) AS currency, any_value(revenue) AS revenue,
    count(session_id) AS n_sessions, list(channel ORDER BY n) AS channels,
    epoch(any_value(ordered_at) - min(touched_at)) / 86400 AS days
  FROM touches GROUP BY site_id, order_id
), meant AS (
  SELECT t.site_id, t.order_id, list(m.intent ORDER BY m.started_at, m.moment_id) AS intents
  FROM touches AS t JOIN moments AS m ON t.site_id = m.site_id AND t.session_id = m.session_id
  WHERE m.started_at <= t.ordered_at GROUP BY t.site_id, t.order_id
)
SELECT w.*, coalesce(m.intents, []) AS intents,
  array_to_string(list_filter(coalesce(m.intents, []), lambda x, i: x IS DISTINCT FROM m.intents[i - 1]), ' > ') AS path,
  w.revenue > 0 AS purchased, w.revenue AS value
FROM walked AS w LEFT JOIN meant AS m ON w.site_id = m.site_id AND w.order_id = m.order_id
