-- grain: one row per site and topic of its searches
-- reads: searches, topic_words
-- writes: view search_topics
-- columns:
--   topic: each search belongs to the one of its words that most searches of the site hold (of equals the longer one).
--     Words that say what is wanted and not of what (small words, buy, cheap, near, how ...) do not count, a plural s
--     neither; searches made of such words alone have the topic ''. Japanese has no spaces: its words are runs of
--     katakana, of kanji or of Latin letters, between which grammar stands, else runs of hiragana; a word that is the
--     end of a longer one (自転車, 電動自転車) is a word of it too
--   searches, ways: how often it was searched, in how many different texts
--   examples: the five most frequent
--   searches_in_vain: searches without a result
--   clicked: share of the searches after which a result was opened
WITH asked AS (
  SELECT site_id, norm, count(*) AS n, count(DISTINCT visitor_id) AS visitors, count_if(results = 0) AS in_vain,
    count_if(is_clicked) AS clicked
  FROM searches WHERE norm <> '' GROUP BY site_id, norm
), parted AS (
  SELECT site_id, norm, n, regexp_matches(norm, '[ぁ-ヺ一-鿿]') AS is_japanese,
    CASE WHEN is_japanese THEN list_reduce(asking, lambda text, word: replace(text, word, ' '), norm) END AS bare
  FROM asked, (SELECT CAST(params -> 'japanese' AS VARCHAR[]) AS asking FROM topic_words) AS t
), spoken AS (
  SELECT DISTINCT site_id, norm, n, is_japanese, unnest(CASE WHEN NOT is_japanese THEN string_split_regex(norm, '[\s,.;:!?"()/+-]+')
    WHEN regexp_matches(bare, '[ァ-ヺ一-鿿]{2}|[a-z]{2}') THEN regexp_extract_all(bare, '[ァ-ヺー]{2,}|[一-鿿々]{2,}|[a-z][a-z0-9]+')
    WHEN regexp_matches(bare, '[ぁ-ゖ]{2}') THEN regexp_extract_all(regexp_replace(bare, '[のをはがにでへとも]( |$)', ' ', 'g'), '[ぁ-ゖー]{2,}')
    ELSE regexp_extract_all(norm, '[ァ-ヺー]+|[一-鿿々]+') END) AS word
  FROM parted
), ended AS (
  SELECT * FROM spoken
  UNION
  SELECT s.site_id, s.norm, s.n, true, s.word FROM (
    SELECT site_id, norm, n, unnest([word[i:] FOR i IN range(2, length(word))]) AS word FROM spoken WHERE is_japanese
  ) AS s SEMI JOIN spoken AS w ON w.site_id = s.site_id AND w.word = s.word
), counting AS (
  SELECT site_id, norm, n, CASE WHEN regexp_matches(word, '^[a-z]{2,}[^s\W]s$') THEN word[:-2] ELSE word END AS word
  FROM ended
  WHERE length(word) > 1 AND NOT regexp_matches(word, '^[0-9]+$')
    AND word NOT IN (SELECT unnest(CAST(params -> 'words' AS VARCHAR[])) FROM topic_words)
), weighed AS (
  SELECT site_id, norm, word, sum(n) OVER (PARTITION BY site_id, word) AS weight FROM counting
), heads AS (
  SELECT site_id, norm, max_by(word, (weight, length(word), word)) AS topic FROM weighed GROUP BY site_id, norm
)
SELECT a.site_id, coalesce(h.topic, '') AS topic, CAST(sum(a.n) AS BIGINT) AS searches, count(*) AS ways,
  list(a.norm ORDER BY a.n DESC, a.norm)[:5] AS examples, CAST(sum(a.in_vain) AS BIGINT) AS searches_in_vain,
  sum(a.clicked) / sum(a.n) AS clicked
FROM asked AS a LEFT JOIN heads AS h ON h.site_id = a.site_id AND h.norm = a.norm
GROUP BY ALL
