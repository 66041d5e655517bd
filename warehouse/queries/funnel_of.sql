-- ask: How many people go through these steps in order, within some days?
-- chart: bar people
FROM funnel(string_split(coalesce(getvariable('steps'), 'view_item,add_to_cart,purchase'), ','), coalesce(getvariable('days'), 7))
WHERE site_id LIKE coalesce(getvariable('site'), '%') ORDER BY site_id, step
