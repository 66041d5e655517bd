WITH viewed AS (
  SELECT s.site_id, s.session_id, p.product_id, p.category
  FROM (SELECT site_id, session_id, unnest(products[1:20]) AS product_id
    FROM visits WHERE cardinality(products) > 1) AS s
  JOIN products AS p ON s.site_id = p.site_id AND s.product_id = p.product_id
)
SELECT a.product_id AS product_a, b.product_id AS product_b, a.category, count(*) AS sessions
FROM viewed AS a JOIN viewed AS b ON a.site_id = b.site_id AND a.session_id = b.session_id
  AND a.category IS NOT DISTINCT FROM b.category AND a.product_id < b.product_id
GROUP BY 1, 2, 3 ORDER BY sessions DESC, product_a, product_b LIMIT 30
