SELECT currency, value, quantity, cart_id, visitor_id, changed_at FROM (
  SELECT *, row_number() OVER (PARTITION BY currency ORDER BY value DESC, cart_id) AS place
  FROM carts WHERE state = 'abandoned'
) AS dearest
WHERE place <= 20
