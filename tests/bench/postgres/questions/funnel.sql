-- hetk folds each person's steps in one pass; here each step carries the latest start that leads to it.
WITH hits AS (
  SELECT e.site_id, coalesce(e.user_id, i.person_id, 'v:' || e.visitor_id) AS person_id, e.ts, e.event_id, e.event
  FROM ev AS e LEFT JOIN identities AS i
    ON e.site_id = i.site_id AND e.visitor_id = i.visitor_id
  WHERE e.visitor_id IS NOT NULL AND e.event IN ('view_item', 'add_to_cart', 'purchase')
), viewed AS (
  SELECT *, max(CASE WHEN event = 'view_item' THEN ts END) OVER w AS start
  FROM hits WINDOW w AS (PARTITION BY site_id, person_id ORDER BY ts, event_id ROWS UNBOUNDED PRECEDING)
), added AS (
  SELECT *, max(CASE WHEN event = 'add_to_cart' AND start >= ts - interval '7 days' THEN start END) OVER w AS added_start
  FROM viewed WINDOW w AS (PARTITION BY site_id, person_id ORDER BY ts, event_id ROWS UNBOUNDED PRECEDING)
), reached AS (
  SELECT site_id, person_id, bool_or(start IS NOT NULL) AS has_viewed, bool_or(added_start IS NOT NULL) AS has_added,
    bool_or(event = 'purchase' AND added_start >= ts - interval '7 days') AS has_bought
  FROM added GROUP BY site_id, person_id
), counted AS (
  SELECT site_id, s.step, s.event, count(*) FILTER (WHERE s.has_got) AS people
  FROM reached CROSS JOIN LATERAL (
    VALUES (1, 'view_item', has_viewed), (2, 'add_to_cart', has_added), (3, 'purchase', has_bought)
  ) AS s (step, event, has_got)
  GROUP BY site_id, s.step, s.event
)
SELECT site_id, step, event, people, people::float8 / nullif(first_value(people) OVER w, 0),
  people::float8 / nullif(lag(people) OVER w, 0)
FROM counted WINDOW w AS (PARTITION BY site_id ORDER BY step)
