-- ask: How many people go from view to cart to purchase in 7 days?
-- chart: bar people
FROM funnel(['view_item', 'add_to_cart', 'purchase'], coalesce(getvariable('days'), 7)) ORDER BY site_id, step
