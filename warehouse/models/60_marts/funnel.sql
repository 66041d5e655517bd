-- grain: one row per site and step of the funnel
-- reads: ev, identities, people
-- writes: macro funnel(steps, days := 7, since := '-infinity', until := 'infinity', visitors := '')
-- columns:
--   people: who did the steps up to this one in order, at most `days` after the first of them
--   share: of the people at the first step; kept: of the people at the step before
-- Counts what happened from `since` to before `until` and, where `visitors` is a list, those of it alone.
-- One pass over a person's steps: for each step remember the latest start of a walk that leads there. No earlier start
-- can reach further than a later one, so this finds whoever could get through. Of first steps in a row only the last
-- matters: most of what people do is look, and the rest is a quarter of the rows.
WITH hits AS (
  SELECT e.site_id, coalesce(p.person_id, e.user_id, i.person_id, 'v:' || e.visitor_id) AS person_id, e.ts, e.event_id,
    list_position(steps, e.event) AS step
  FROM ev AS e
  LEFT JOIN people AS p ON e.site_id = p.site_id AND e.user_id = p.user_id
  LEFT JOIN identities AS i ON e.site_id = i.site_id AND e.visitor_id = i.visitor_id
  WHERE e.visitor_id IS NOT NULL AND list_contains(steps, e.event) AND e.ts >= CAST(since AS TIMESTAMP)
    AND e.ts < CAST(until AS TIMESTAMP)
    AND (typeof(visitors) = 'VARCHAR' OR e.visitor_id IN (SELECT unnest(TRY_CAST(visitors AS VARCHAR[]))))
), turns AS (
  SELECT *, lead(step) OVER (PARTITION BY site_id, person_id ORDER BY ts, event_id) AS next_step FROM hits
), walks AS (
  SELECT site_id, person_id, list({'ts': ts, 'step': step, 'starts': CAST([] AS TIMESTAMP[])} ORDER BY ts, event_id) AS walk
  FROM turns WHERE step > 1 OR next_step IS DISTINCT FROM 1 GROUP BY site_id, person_id HAVING count_if(step = 1) > 0
), folded AS (
  SELECT site_id, list_reduce(walk, lambda a, h: {'ts': h.ts, 'step': h.step, 'starts':
    CASE WHEN h.step = 1 THEN list_concat([h.ts], a.starts[2:])
      WHEN a.starts[h.step - 1] >= h.ts - to_days(days)
        THEN list_concat(a.starts[:h.step - 1], [a.starts[h.step - 1]], a.starts[h.step + 1:])
      ELSE a.starts END}, {'ts': CAST(NULL AS TIMESTAMP), 'step': 0, 'starts': CAST([] AS TIMESTAMP[])}).starts AS starts
  FROM walks
), counted AS (
  SELECT site_id, unnest(range(1, len(steps) + 1)) AS step, unnest(list_transform(steps, lambda s: s)) AS event,
    unnest(list_transform(range(1, len(steps) + 1), lambda k: CAST(len(starts) >= k AS INTEGER))) AS got
  FROM folded
), summed AS (
  SELECT site_id, step, event, CAST(sum(got) AS BIGINT) AS people FROM counted GROUP BY site_id, step, event
)
SELECT *, people / nullif(first_value(people) OVER w, 0) AS share, people / nullif(lag(people) OVER w, 0) AS kept
FROM summed
WINDOW w AS (PARTITION BY site_id ORDER BY step)
