-- grain: one row per row of moment_steps
-- reads: moment_steps, moment_settings
-- writes: part moment_labels
-- columns:
--   p: probability of know, go, do and buy after this event: the squared shares of the segment's decayed evidence
--   label: the intent this event shows, 1 know to 4 buy; null when none
--   intent: the intent of the moment the event belongs to; null in a segment without a moment
--   sureness: probability of that intent after this event, or after the next one if that left for the following moment
--   turn: number of the run of equal intents in the segment
--   query_so_far, category_so_far, lang_so_far: what the segment has said of its topic up to this event
WITH steps AS MATERIALIZED (
  SELECT * FROM moment_steps
), decayed AS (
  -- Only what the windows need goes through them: they sort whole rows.
  SELECT s.site_id, s.session_id, s.segment, s.n, s.own, s.asks, s.query, s.topic, s.search_lang, s.page_lang,
    coalesce(s.answers.forces, false) AS forces, s.answers.intent AS answered, r.open_at, r.margin, r.prior,
    pow(2, s.since / r.half_life_ms) AS grown
  FROM steps AS s JOIN moment_settings AS r ON r.site_id = s.rules
), summed AS (
  SELECT *, sum(own[1] / 1000 * grown) OVER w / grown AS e_know, sum(own[2] / 1000 * grown) OVER w / grown AS e_go,
    sum(own[3] / 1000 * grown) OVER w / grown AS e_do, sum(own[4] / 1000 * grown) OVER w / grown AS e_buy,
    last_value(CASE WHEN asks THEN query END IGNORE NULLS) OVER w AS query_so_far,
    last_value(topic IGNORE NULLS) OVER w AS category_so_far,
    coalesce(last_value(CASE WHEN asks THEN search_lang END IGNORE NULLS) OVER w,
      first_value(page_lang IGNORE NULLS) OVER w) AS lang_so_far
  FROM decayed
  WINDOW w AS (PARTITION BY site_id, session_id, segment ORDER BY n ROWS UNBOUNDED PRECEDING)
), squared AS (
  SELECT * EXCLUDE (e_know, e_go, e_do, e_buy), [pow(prior + round(e, 9), 2) FOR e IN [e_know, e_go, e_do, e_buy]] AS squares
  FROM summed
), shares AS (
  SELECT * EXCLUDE (squares), CASE WHEN forces THEN [CASE WHEN i = answered THEN 0.97 ELSE 0.01 END FOR i IN [1, 2, 3, 4]]
    ELSE [round(s / list_sum(squares), 9) FOR s IN squares] END AS p
  FROM squared
), ranked AS (
  SELECT *, list_max(p) AS most, list_position(p, list_max(p)) AS leader, list_sort(p, 'DESC')[2] AS next FROM shares
), sure AS (
  SELECT *, forces OR own[leader] > 0 AS speaks, speaks AND round(most - next, 9) >= margin AS is_sure FROM ranked
), known AS (
  SELECT *, coalesce(bool_or(forces OR speaks AND most >= open_at) OVER past, false) AS has_label,
    coalesce(lag(is_sure) OVER segment AND lag(leader) OVER segment = leader, false) AS led_before
  FROM sure
  WINDOW segment AS (PARTITION BY site_id, session_id, segment ORDER BY n),
    past AS (PARTITION BY site_id, session_id, segment ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), labelled AS (
  SELECT *, CASE WHEN forces THEN answered
    WHEN NOT has_label THEN CASE WHEN speaks AND most >= open_at THEN leader END
    WHEN is_sure AND led_before THEN leader END AS label
  FROM known
), carried AS (
  SELECT *, last_value(label IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING) AS carried,
    last_value(label IGNORE NULLS) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS carried_before,
    first_value(label IGNORE NULLS) OVER (w ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS coming
  FROM labelled
  WINDOW w AS (PARTITION BY site_id, session_id, segment ORDER BY n)
), switching AS (
  SELECT *, label <> carried_before AS switches FROM carried
), along AS (
  -- The event before a switch goes along when it showed nothing itself; before one that an answer made, only when it
  -- spoke for that intent above all.
  SELECT *, CASE WHEN label IS NULL AND lead(switches) OVER w AND (NOT lead(forces) OVER w
      OR own[lead(label) OVER w] = list_max(own) AND len(list_filter(own, lambda x: x = list_max(own))) = 1)
    THEN lead(label) OVER w ELSE coalesce(carried, coming) END AS intent
  FROM switching
  WINDOW w AS (PARTITION BY site_id, session_id, segment ORDER BY n)
), turning AS (
  SELECT *, lag(intent) OVER w IS DISTINCT FROM intent AS is_first,
    -- An event that goes along was told as this moment's before: what was said of it is not taken back.
    CASE WHEN lead(label) OVER w IS NULL AND lead(intent) OVER w <> intent THEN greatest(p[intent], (lead(p) OVER w)[intent])
      ELSE p[intent] END AS sureness
  FROM along
  WINDOW w AS (PARTITION BY site_id, session_id, segment ORDER BY n)
), turned AS (
  SELECT *, count_if(is_first) OVER (PARTITION BY site_id, session_id, segment ORDER BY n ROWS UNBOUNDED PRECEDING) AS turn
  FROM turning
)
SELECT s.*, t.p, t.label, t.intent, t.sureness, t.turn, t.query_so_far, t.category_so_far, t.lang_so_far
FROM steps AS s JOIN turned AS t ON s.site_id = t.site_id AND s.session_id = t.session_id AND s.n = t.n
