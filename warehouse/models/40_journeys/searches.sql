-- grain: one row per search of a visitor, with what was opened after it
-- reads: ev, asked
-- writes: view searches
-- columns:
--   norm: normalised text of the query: the same search written differently counts as one
--   results: number of results the site reported; null when it did not
--   is_clicked: a result was opened within 30 minutes and before the next search
--   clicked_product, clicked_at: the first product opened
WITH opened AS (
  SELECT a.site_id, a.event_id, c.product_id, c.ts
  FROM (SELECT site_id, visitor_id, product_id, ts FROM ev WHERE event IN ('select_item', 'view_item')) AS c
  ASOF JOIN asked AS a ON c.site_id = a.site_id AND c.visitor_id = a.visitor_id AND c.ts >= a.ts
  WHERE c.ts <= a.ts + INTERVAL 30 MINUTE
), answered AS (
  SELECT site_id, event_id, arg_min(product_id, ts) AS clicked_product, min(ts) AS clicked_at
  FROM opened GROUP BY site_id, event_id
)
SELECT a.*, o.clicked_at IS NOT NULL AS is_clicked, o.clicked_product, o.clicked_at
FROM asked AS a LEFT JOIN answered AS o ON a.site_id = o.site_id AND a.event_id = o.event_id
