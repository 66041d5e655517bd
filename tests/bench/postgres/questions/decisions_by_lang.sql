SELECT lang, count(*), count(shown_at), round(count(shown_at)::numeric / count(*), 3)
FROM decisions WHERE is_holdout IS NOT TRUE GROUP BY lang
