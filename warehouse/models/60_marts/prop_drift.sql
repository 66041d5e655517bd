-- grain: one row per site, event name and prop that its events carried in the site's last five weeks
-- reads: events
-- writes: view prop_drift
-- columns:
--   prop: name of a prop, or of the column it became
--   events_before, events_now: events of this name in the four weeks before the site's last 7 days, and in these
--   share_before, share_now: share of them that carried the prop; null when there were none
WITH weeks AS (
  SELECT site_id, max(ts) - INTERVAL 7 DAY AS since FROM events GROUP BY site_id
), recent AS (
  SELECT e.*, e.ts > w.since AS is_now
  FROM events AS e JOIN weeks AS w ON e.site_id = w.site_id AND e.ts > w.since - INTERVAL 28 DAY
), totals AS (
  SELECT site_id, event, count(*) FILTER (NOT is_now) AS events_before, count(*) FILTER (is_now) AS events_now
  FROM recent GROUP BY site_id, event
), carried AS (
  SELECT site_id, event, is_now, unnest(list_concat(json_keys(props), list_filter([
    CASE WHEN search_query IS NOT NULL THEN 'search_query' END, CASE WHEN search_results IS NOT NULL THEN 'search_results' END,
    CASE WHEN product_id IS NOT NULL THEN 'product_id' END, CASE WHEN category IS NOT NULL THEN 'category' END,
    CASE WHEN brand IS NOT NULL THEN 'brand' END, CASE WHEN price IS NOT NULL THEN 'price' END,
    CASE WHEN quantity IS NOT NULL THEN 'quantity' END, CASE WHEN currency IS NOT NULL THEN 'currency' END,
    CASE WHEN value IS NOT NULL THEN 'value' END, CASE WHEN cart_id IS NOT NULL THEN 'cart_id' END,
    CASE WHEN order_id IS NOT NULL THEN 'order_id' END, CASE WHEN coupon IS NOT NULL THEN 'coupon' END,
    CASE WHEN items IS NOT NULL THEN 'items' END, CASE WHEN user_id IS NOT NULL THEN 'user_id' END,
    CASE WHEN page_type IS NOT NULL THEN 'page_type' END, CASE WHEN decision_id IS NOT NULL THEN 'decision_id' END,
    CASE WHEN experiment_key IS NOT NULL THEN 'experiment_key' END, CASE WHEN variant IS NOT NULL THEN 'variant' END
  ], lambda name: name IS NOT NULL))) AS prop
  FROM recent
), counts AS (
  SELECT site_id, event, prop, count(*) FILTER (NOT is_now) AS before, count(*) FILTER (is_now) AS now
  FROM carried GROUP BY site_id, event, prop
)
SELECT c.site_id, c.event, c.prop, t.events_before, t.events_now,
  c.before / nullif(t.events_before, 0) AS share_before, c.now / nullif(t.events_now, 0) AS share_now
FROM counts AS c JOIN totals AS t ON c.site_id = t.site_id AND c.event = t.event
