-- grain: one row per session and pair of products of one category viewed in it
-- reads: sessions, products
-- writes: view comparisons
-- columns:
--   product_a, product_b: in alphabetical order; of the first 20 products of a session
WITH viewed AS (
  SELECT s.site_id, s.session_id, s.visitor_id, s.started_at, p.product_id, p.category
  FROM (SELECT site_id, session_id, visitor_id, started_at, unnest(products[:20]) AS product_id
    FROM sessions WHERE len(products) > 1) AS s
  JOIN products AS p ON s.site_id = p.site_id AND s.product_id = p.product_id
)
SELECT a.site_id, a.session_id, a.visitor_id, a.started_at, a.category, a.product_id AS product_a,
  b.product_id AS product_b
FROM viewed AS a JOIN viewed AS b ON a.site_id = b.site_id AND a.session_id = b.session_id
  AND a.category IS NOT DISTINCT FROM b.category AND a.product_id < b.product_id
