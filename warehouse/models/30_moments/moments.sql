-- grain: one row per micro-moment: the longest run of a session's events with one intent and one topic
-- reads: moment_labels, moment_settings
-- writes: days moments
-- columns:
--   day: the day (UTC) the session began on
--   moment_id: event_id of the moment's first event
--   intent: know, go, do or buy
--   confidence: the highest probability of that intent in the moment, the event included that left with the next one
--   p_know, p_go, p_do, p_buy: the probabilities at its last event
--   lang: language of the last search, else of the page
--   topic_query, topic_category: what it is about: the last search, the category looked at
--   topic: the one of these that is known, the search first
--   detected_at: when the intent was first seen
--   evidence: the five signals that said most for the intent: how often each spoke, the sum in thousandths, and where first
--   state: converted, satisfied (answered), abandoned (only a step towards it), expired (nothing), open (going on)
--   closed_by: what ended it: outcome, idle, span, topic (another one), intent (another one), end (of the session); open
--   outcome, outcome_value: the highest outcome of its intent, the latest of equals, and its value
--   seconds_to_outcome: from the start to that outcome
--   p_before: probability of its intent at the event before its first outcome; without an outcome at its last event; null
--     when it began with the outcome
--   p_outcome: the chance, told by p_before alone, that it is answered; null without a fit of the site (hetk moments fit)
--   model: id of the rules
WITH events AS (
  SELECT * FROM moment_labels WHERE intent IS NOT NULL
), gathered AS (
  SELECT site_id, session_id, segment, turn, any_value(rules) AS rules, any_value(day) AS day, any_value(visitor_id) AS visitor_id,
    any_value(intent) AS intent, arg_min(event_id, n) AS moment_id, max(sureness) AS confidence, arg_max(p, n) AS p,
    min(ts) AS started_at, arg_min(ts, n) FILTER (label IS NOT NULL) AS detected_at, max(ts) AS ended_at, count(*) AS n_events,
    last(query_so_far ORDER BY n) AS topic_query, last(category_so_far ORDER BY n) AS topic_category,
    last(lang_so_far ORDER BY n) AS lang, last(next_cut ORDER BY n) AS next_cut, bool_or(is_last) AS is_last,
    arg_max(coalesce(answers.ends, false), n) AS is_over,
    list(p[intent] ORDER BY n) AS all_p, min(n) FILTER (answers.intent = intent) - min(n) AS n_before,
    arg_max({event: kind, value: value, ts: ts, level: answers.level}, CAST(answers.level AS BIGINT) * 1000000000 + n)
      FILTER (answers.intent = intent) AS best
  FROM events GROUP BY site_id, session_id, segment, turn
), spoken AS (
  SELECT site_id, session_id, segment, turn, n, event_id, intent, unnest(signals) AS s FROM events
), told AS (
  SELECT site_id, session_id, segment, turn, s.signal AS signal, count(*) AS n, sum(s.w[intent])::INTEGER AS weight,
    arg_min(event_id, n) AS event_id, min(n) AS first_n
  FROM spoken GROUP BY site_id, session_id, segment, turn, s.signal HAVING sum(s.w[intent]) > 0
), loudest AS (
  SELECT site_id, session_id, segment, turn, list({signal: signal, n: n, weight: weight, event_id: event_id}
    ORDER BY weight DESC, first_n, signal)[:5] AS evidence
  FROM told GROUP BY site_id, session_id, segment, turn
), closed AS (
  SELECT g.*, l.evidence, r.model, r.chances[g.intent] AS curve, all_p[coalesce(n_before, len(all_p))] AS p_before, CASE
    WHEN g.is_over THEN 'outcome'
    WHEN g.next_cut IS NOT NULL THEN g.next_cut
    WHEN NOT g.is_last THEN 'intent'
    WHEN epoch_ms(now()) - epoch_ms(g.ended_at) <= r.idle_ms THEN 'open'
    ELSE 'end' END AS closed_by
  FROM gathered AS g
  LEFT JOIN loudest AS l ON l.site_id = g.site_id AND l.session_id = g.session_id AND l.segment = g.segment AND l.turn = g.turn
  JOIN moment_settings AS r ON r.site_id = g.rules
)
SELECT day, CAST(moment_id AS VARCHAR) AS moment_id, site_id, visitor_id, session_id,
  ['know', 'go', 'do', 'buy'][intent] AS intent, confidence, p[1] AS p_know, p[2] AS p_go, p[3] AS p_do, p[4] AS p_buy, lang,
  topic_query, topic_category, coalesce(topic_query, topic_category) AS topic, started_at, detected_at, ended_at, n_events,
  coalesce(evidence, []) AS evidence,
  CASE WHEN best.level = 3 THEN 'converted' WHEN best.level = 2 THEN 'satisfied' WHEN closed_by = 'open' THEN 'open'
    WHEN best.level = 1 THEN 'abandoned' ELSE 'expired' END AS state,
  closed_by, best.event AS outcome, best.value AS outcome_value, epoch(best.ts - started_at) AS seconds_to_outcome, p_before,
  round(1 / (1 + exp(-(curve[1] + curve[2] * ln(p_before / (1 - p_before))))), 6) AS p_outcome, model
FROM closed
