-- grain: one row per row of moment_events
-- reads: moment_events, moment_settings, moment_weights
-- writes: part moment_steps
-- columns:
--   n: place of the event among those of its session that count, by the visitor's own clock
--   since: ms since the block began; a block has no silence and no ending outcome inside
--   segment: number of the stretch of the session in one block on one topic
--   next_cut: what parts this event from the one after: outcome, idle, span or topic; null inside a segment and at the end
--   asks: the event brings a search unlike the block's last one
--   signals: what speaks in this event and how much for know, go, do and buy, in thousandths
--   own: the sums
WITH ordered AS (
  SELECT *, row_number() OVER w AS n, first_value(t) OVER w AS first_t, lag(t) OVER w AS last_t, lag(answers.ends) OVER w AS was_over
  FROM moment_events
  WINDOW w AS (PARTITION BY site_id, session_id ORDER BY t, seq, event_id)
), cuts AS (
  SELECT o.* EXCLUDE (was_over), CASE
    WHEN n = 1 THEN 'start'
    WHEN was_over THEN 'outcome'
    WHEN t - last_t > r.idle_ms THEN 'idle'
    WHEN floor((t - first_t) / r.span_ms) <> floor((last_t - first_t) / r.span_ms) THEN 'span' END AS cut
  FROM ordered AS o JOIN moment_settings AS r ON r.site_id = o.rules
), blocks AS (
  SELECT *, count(cut) OVER (PARTITION BY site_id, session_id ORDER BY n ROWS UNBOUNDED PRECEDING) AS block,
    list_filter(string_split_regex(lower(query), '[^\p{L}\p{N}\p{M}]+'), lambda word: word <> '') AS words
  FROM cuts
), remembered AS (
  -- What the block knows before the event: its last search, and the last event with a category.
  SELECT *, last_value(CASE WHEN query IS NOT NULL THEN {query: query, words: words} END IGNORE NULLS) OVER past AS asked,
    last_value(CASE WHEN category IS NOT NULL THEN {category: category, product: product_id} END IGNORE NULLS) OVER past AS seen
  FROM blocks
  WINDOW past AS (PARTITION BY site_id, session_id, block ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), asking AS (
  SELECT *, query IS NOT NULL AND query IS DISTINCT FROM asked.query AS asks,
    list_filter(string_split_regex(lower(seen.category), '[^\p{L}\p{N}\p{M}]+'), lambda word: word <> '') AS path
  FROM remembered
), turned AS (
  -- A search that shares no word with what was asked and looked at is another topic. Japanese parts no words: there one
  -- text has to hold the other.
  SELECT * EXCLUDE (path), asks AND (asked IS NOT NULL OR seen IS NOT NULL)
    AND NOT coalesce(list_has_any(words, asked.words), false) AND NOT coalesce(list_has_any(words, path), false)
    AND NOT coalesce(regexp_matches(query || asked.query, '[\p{Han}\p{Hiragana}\p{Katakana}]')
      AND (contains(query, asked.query) OR contains(asked.query, query)), false)
    AND NOT coalesce(regexp_matches(query || seen.category, '[\p{Han}\p{Hiragana}\p{Katakana}]')
      AND (contains(query, seen.category) OR contains(seen.category, query)), false) AS new_search
  FROM asking
), stretches AS (
  SELECT *, count_if(new_search) OVER (PARTITION BY site_id, session_id, block ORDER BY n ROWS UNBOUNDED PRECEDING) AS stretch
  FROM turned
), named AS (
  SELECT *, last_value(category IGNORE NULLS) OVER (PARTITION BY site_id, session_id, block, stretch ORDER BY n
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS named_before
  FROM stretches
), meant AS (
  -- The first category after a search belongs to it, another one is meant once it is named twice in a row.
  SELECT *, CASE WHEN named_before IS NULL OR named_before = category THEN category END AS means FROM named
), topics AS (
  SELECT *, last_value(means IGNORE NULLS) OVER (PARTITION BY site_id, session_id, block, stretch ORDER BY n
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS topic_before
  FROM meant
), parted AS (
  SELECT *, coalesce(means, topic_before) AS topic,
    coalesce(cut, CASE WHEN new_search OR coalesce(means <> topic_before, false) THEN 'topic' END) AS part
  FROM topics
), weighed AS (
  SELECT p.*, list_concat(list_filter(p.said, lambda s: p.asks OR NOT starts_with(s.signal, 'search:')), list_filter([
      CASE WHEN p.product_id = p.seen.product AND p.kind NOT IN ('add_to_cart', 'purchase') AND a.w IS NOT NULL
        THEN {signal: 'again', w: a.w} END,
      CASE WHEN p.category = p.seen.category AND p.product_id <> p.seen.product AND c.w IS NOT NULL
        THEN {signal: 'compare', w: c.w} END], lambda x: x IS NOT NULL)) AS signals
  FROM parted AS p
  LEFT JOIN moment_weights AS a ON a.site_id = p.rules AND a.signal = 'again'
  LEFT JOIN moment_weights AS c ON c.site_id = p.rules AND c.signal = 'compare'
)
SELECT site_id, day, session_id, visitor_id, event_id, rules, event, kind, t, ts, n, value, answers, query, category, product_id,
  t - first_value(t) OVER (PARTITION BY site_id, session_id, block ORDER BY n) AS since,
  count(part) OVER session AS segment, lead(part) OVER session AS next_cut, lead(n) OVER session IS NULL AS is_last,
  asks, topic, search_lang, page_lang, signals,
  [coalesce(list_sum([s.w[i] FOR s IN signals]), 0) FOR i IN [1, 2, 3, 4]] AS own
FROM weighed
WINDOW session AS (PARTITION BY site_id, session_id ORDER BY n)
