-- grain: one row per human event that counts for moments
-- reads: ev, visits, moment_settings, moment_pages, moment_outcomes
-- writes: part moment_steps
-- columns:
--   rules: site_id of the row of moment_settings that holds for this event
--   t: the visitor's own clock, ms
--   page: type of page, as sent or told from the path
--   n: place of the event in its session, by the visitor's own clock
--   elapsed: seconds since the session began, anew every block_seconds so that arithmetic stays small
--   segment: number of the stretch of the session with one topic and no idle time or outcome inside
--   cut: what parted this event from the one before: start, idle, outcome, topic or block; null inside a segment
--   next_cut, is_last: the cut of the event after; whether there is none
--   after_view: another product was viewed in the segment before
--   asks: the event brings a search unlike the one before
--   seconds: time on the page, of engagement events
--   viewed, seen: the product of a view_item event, unless it was answered before (bought, into the cart), and whether
--     the session had seen it before
--   outcome: the intent this event answers, null when none
--   repeated: the same, or the product it shows, was answered before in the session, so the event says nothing new
WITH began AS (
  -- A session counts to the day it began on.
  SELECT site_id, visitor_id, session_id, ts, ended_at FROM (SELECT *, started_at AS ts FROM visits) WHERE $days
), told AS (
  SELECT e.site_id, s.session_id, e.event_id, coalesce(own.site_id, '') AS rules, e.event, e.session_seq AS seq,
    CAST(s.ts AS DATE) AS day, epoch_ms(coalesce(e.ts_client, e.ts)) AS t, nullif(e.search_norm, '') AS query, e.category,
    e.product_id, CASE WHEN e.event = 'view_item' THEN e.product_id END AS looked_at,
    coalesce(nullif(replace(lower(e.page_type), 'https://schema.org/', ''), ''), p.page) AS page,
    coalesce(e.order_id, e.product_id, e.url_path, '') AS thing,
    CASE WHEN e.event IN ('engagement', 'video_progress') THEN e.props END AS measures
  FROM (SELECT * FROM ev WHERE $near) AS e
  ASOF JOIN began AS s ON e.site_id = s.site_id AND e.visitor_id = s.visitor_id AND e.ts >= s.ts
  LEFT JOIN moment_settings AS own ON own.site_id = e.site_id
  LEFT JOIN moment_pages AS p ON p.site_id = e.site_id AND p.url_path = e.url_path
  WHERE e.ts <= s.ended_at
), measured AS (
  SELECT * EXCLUDE (measures), coalesce(TRY_CAST(measures ->> 'visible_ms' AS DOUBLE), 0) / 1000 AS seconds,
    coalesce(TRY_CAST(measures ->> 'scroll_pct' AS DOUBLE), 0) AS scroll,
    coalesce(TRY_CAST(measures ->> 'percent' AS DOUBLE), 0) AS "percent"
  FROM told
), answering AS (
  SELECT m.* EXCLUDE (scroll, "percent"), r.idle_ms, r.block_ms, o.event IS NOT NULL AS may_answer,
    CASE WHEN m.seconds >= o.seconds AND m.scroll >= o.scroll AND m."percent" >= o."percent"
      AND (o.pages IS NULL OR list_contains(o.pages, m.page)) THEN o.intent END AS answers
  FROM measured AS m
  JOIN moment_settings AS r ON r.site_id = m.rules
  LEFT JOIN moment_outcomes AS o ON o.site_id = m.rules AND o.event = m.event
  WHERE NOT list_contains(r.ignored, m.event)
), ordered AS (
  SELECT *, row_number() OVER w AS n, t - first_value(t) OVER w AS since, t - lag(t) OVER w AS gap,
    last_value(query IGNORE NULLS) OVER (PARTITION BY site_id, session_id ORDER BY t, seq, event_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_query
  FROM answering
  WINDOW w AS (PARTITION BY site_id, session_id ORDER BY t, seq, event_id)
), turned AS (
  SELECT * EXCLUDE (looked_at, product_id), query IS DISTINCT FROM last_query AND query IS NOT NULL AS asks,
    -- A search that refines the one before (one text holds the other) stays on the topic.
    query IS NOT NULL AND NOT coalesce(contains(query, last_query) OR contains(last_query, query), false) AS new_query,
    looked_at IS NOT NULL AND coalesce(bool_or(answers IS NOT NULL) OVER product, false) AS settled,
    CASE WHEN NOT settled THEN looked_at END AS viewed,
    viewed IS NOT NULL AND count(looked_at) OVER product > 0 AS seen,
    settled OR may_answer AND coalesce(bool_or(answers IS NOT NULL) OVER (PARTITION BY site_id, session_id, event, thing
      ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false) AS repeated
  FROM ordered
  WINDOW product AS (PARTITION BY site_id, session_id, product_id ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), topics AS (
  -- What the topic was marked by last: a category, or '' by a search, which every category may follow.
  SELECT *, CASE WHEN NOT repeated THEN answers END AS outcome, lag(outcome) OVER session AS last_outcome,
    last_value(coalesce(category, CASE WHEN new_query THEN '' END) IGNORE NULLS) OVER (
      session ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS mark
  FROM turned
  WINDOW session AS (PARTITION BY site_id, session_id ORDER BY n)
), cuts AS (
  SELECT *, CASE
    WHEN n = 1 THEN 'start'
    WHEN gap > idle_ms THEN 'idle'
    WHEN last_outcome IS NOT NULL THEN 'outcome'
    WHEN new_query AND mark IS NOT NULL THEN 'topic'
    WHEN NOT new_query AND NOT starts_with(category, mark) AND NOT starts_with(mark, category) THEN 'topic'
    WHEN since - since % block_ms > since - gap THEN 'block' END AS cut
  FROM topics
), stretches AS (
  SELECT *, count(cut) OVER (session ROWS UNBOUNDED PRECEDING) AS segment, lead(cut) OVER session AS next_cut,
    lead(n) OVER session IS NULL AS is_last
  FROM cuts
  WINDOW session AS (PARTITION BY site_id, session_id ORDER BY n)
)
SELECT site_id, day, session_id, event_id, rules, event, t, page, n, CAST(since % block_ms AS DOUBLE) / 1000 AS elapsed,
  segment, cut, next_cut, is_last, count(viewed) OVER (PARTITION BY site_id, session_id, segment ORDER BY n
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > 0 AS after_view,
  asks, query, category, seconds, viewed, seen, outcome, repeated
FROM stretches
