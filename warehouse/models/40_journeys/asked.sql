-- grain: one row per search of a visitor, as it was asked
-- reads: ev
-- writes: view asked
-- columns:
--   norm: normalised text of the query: the same search written differently counts as one
--   intent, confidence: know, go, do, buy or none, and how sure that is
--   results: number of results the site reported; null when it did not
-- What was opened after it is in searches; who does not need that asks here, in a twentieth of the time.
SELECT site_id, event_id, visitor_id, user_id, ts, search_query AS query,
  coalesce(search_norm, lower(trim(search_query))) AS norm, coalesce(search_lang, page_lang) AS lang,
  search_results AS results, device_type, country, channel, search_intent AS intent, search_confidence AS confidence
FROM ev WHERE event = 'search' AND search_query IS NOT NULL
