-- grain: one row per product that a visit looked at, put into the cart, took out or bought, each time
-- reads: lines, visits
-- writes: view visit_products
-- columns:
--   day: the day (UTC) of the event
--   page_title: of the page it was looked at on by itself
--   amount: price * quantity - discount, in currency; null when no price was sent
SELECT CAST(l.ts AS DATE) AS day, l.site_id, v.session_id, l.visitor_id, l.ts, l.event, l.product_id, l.item_name, l.page_title, l.brand, l.category,
  l.quantity, l.amount, l.currency, v.channel, v.social_network, v.referrer_domain, v.utm_campaign, v.lang, v.device_type,
  v.os, v.browser, v.country
FROM (SELECT * FROM lines WHERE product_id IS NOT NULL AND event IN ('view_item', 'add_to_cart', 'remove_from_cart', 'purchase')) AS l
ASOF JOIN visits AS v ON l.site_id = v.site_id AND l.visitor_id = v.visitor_id AND l.ts >= v.started_at
