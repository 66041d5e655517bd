-- grain: one row per item of an order, with what is known of the visit it was bought in to filter by
-- reads: order_items, visits
-- writes: view visit_order_items
-- columns:
--   day: the day (UTC) of the order
--   amount: price * quantity - discount of the item, in currency
--   session_id: null when the order came without a visit
SELECT CAST(o.ordered_at AS DATE) AS day, o.site_id, v.session_id, o.visitor_id, o.order_id, o.ordered_at, o.currency, o.product_id,
  o.item_name, o.brand, o.category, o.quantity, o.amount, v.channel, v.social_network, v.referrer_domain, v.utm_campaign, v.lang, v.device_type,
  v.os, v.browser, v.country
FROM order_items AS o
ASOF LEFT JOIN visits AS v ON o.site_id = v.site_id AND o.visitor_id = v.visitor_id AND o.ordered_at >= v.started_at
