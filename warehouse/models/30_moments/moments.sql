-- grain: one row per micro-moment: the longest run of a session's events with one intent and one topic
-- reads: moment_labels, moment_settings
-- writes: days moments
-- columns:
--   day: the day (UTC) the session began on
--   moment_id: event_id of the moment's first event
--   intent: know, go, do or buy
--   confidence: the highest probability of that intent in the moment
--   p_know, p_go, p_do, p_buy: the probabilities at that event
--   lang: language of the search, else of the page
--   topic, topic_type: what it is about: query, category, product, place or content
--   detected_at: when the intent was first seen
--   evidence: the five signals that spoke loudest for the intent, each with its loudest event
--   state: open, satisfied (know, go, do answered), converted (buy answered), abandoned (the person went on to something
--     else), expired (the person went silent)
--   outcome, outcome_value: the event that answered the moment, and its value
--   seconds_to_outcome: from the start to the answer
--   model: id of the rules
WITH numbered AS (
  SELECT *, list_position(['know', 'go', 'do', 'buy'], intent) AS i FROM moment_labels
), gathered AS (
  SELECT site_id, session_id, segment, turn, any_value(rules) AS rules, any_value(day) AS day, any_value(visitor_id) AS visitor_id,
    any_value(intent) AS intent, arg_min(event_id, n) AS moment_id, first(p ORDER BY p[i] DESC, n) AS p, max(p[i]) AS confidence,
    min(ts) AS started_at, min(ts) FILTER (label IS NOT NULL) AS detected_at, max(ts) AS ended_at, count(*) AS n_events,
    arg_min(query, n) AS query, arg_min(category, n) AS category, arg_min(product_id, n) AS product,
    arg_min(place, n) AS place, arg_min(content, n) AS content, arg_min(search_lang, n) AS search_lang,
    arg_min(page_lang, n) AS page_lang, arg_max(next_cut, n) FILTER (next_cut IS NOT NULL) AS next_cut,
    bool_or(is_last) AS is_last, any_value(event) FILTER (outcome IS NOT NULL) AS outcome,
    any_value(value) FILTER (outcome IS NOT NULL) AS outcome_value,
    flatten(list(list_transform(signals, lambda s, place: {rank: -s.w[i], n: n, place: place, signal: s.signal,
      event_id: event_id}))) AS spoken
  FROM numbered GROUP BY site_id, session_id, segment, turn HAVING any_value(intent) IS NOT NULL
), known AS (
  -- A topic holds for the segment: later moments in it know what earlier ones said.
  SELECT * EXCLUDE (query, category, search_lang, page_lang), first_value(query IGNORE NULLS) OVER w AS query,
    first_value(category IGNORE NULLS) OVER w AS category,
    coalesce(first_value(search_lang IGNORE NULLS) OVER w, first_value(page_lang IGNORE NULLS) OVER w) AS lang,
    list_sort(list_filter(spoken, lambda s: s.rank < 0)) AS loud
  FROM gathered
  WINDOW w AS (PARTITION BY site_id, session_id, segment ORDER BY turn ROWS UNBOUNDED PRECEDING)
)
SELECT k.day, CAST(k.moment_id AS VARCHAR) AS moment_id, k.site_id, k.visitor_id, k.session_id, k.intent, k.confidence, k.p[1] AS p_know, k.p[2] AS p_go,
  k.p[3] AS p_do, k.p[4] AS p_buy, k.lang, coalesce(k.query, k.category, k.product, k.place, k.content) AS topic,
  CASE WHEN k.query IS NOT NULL THEN 'query' WHEN k.category IS NOT NULL THEN 'category'
    WHEN k.product IS NOT NULL THEN 'product' WHEN k.place IS NOT NULL THEN 'place'
    WHEN k.content IS NOT NULL THEN 'content' END AS topic_type,
  k.started_at, k.detected_at, k.ended_at, k.n_events,
  list_transform(
    list_filter(k.loud, lambda s, i: list_position([x.signal FOR x IN k.loud], s.signal) = i)[:5],
    lambda s: {event_id: s.event_id, signal: s.signal, weight: -s.rank}) AS evidence,
  CASE WHEN k.outcome IS NOT NULL THEN CASE WHEN k.intent = 'buy' THEN 'converted' ELSE 'satisfied' END
    WHEN k.next_cut IS DISTINCT FROM 'idle' AND NOT k.is_last THEN 'abandoned'
    WHEN k.is_last AND epoch_ms(now()) - epoch_ms(k.ended_at) <= r.idle_ms THEN 'open'
    ELSE 'expired' END AS state,
  k.outcome, k.outcome_value,
  CASE WHEN k.outcome IS NOT NULL THEN epoch(k.ended_at - k.started_at) END AS seconds_to_outcome, r.model
FROM known AS k
JOIN moment_settings AS r ON r.site_id = k.rules
