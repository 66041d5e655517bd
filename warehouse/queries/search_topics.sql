-- ask: What are the searches about, in how many ways is it asked, and is it found?
-- chart: bar searches
SELECT site_id, topic, searches, ways, examples, searches_in_vain, round(clicked, 2) AS clicked
FROM search_topics ORDER BY searches DESC, site_id, topic LIMIT 50
