-- grain: one row per search of a visitor, as it was asked
-- reads: ev
-- writes: view asked
-- columns:
--   norm: normalised text of the query: the same search written differently counts as one
--   results: number of results the site reported; null when it did not
-- What was opened after it is in searches; who does not need that asks here, in a twentieth of the time.
SELECT site_id, event_id, visitor_id, user_id, ts, search_query AS query,
  coalesce(search_norm, lower(trim(search_query))) AS norm, coalesce(search_lang, page_lang) AS lang,
  search_results AS results, device_type, country, channel, know, go, "do", buy
FROM ev WHERE event = 'search' AND search_query IS NOT NULL
