-- ask: Which abandoned carts were the dearest?
SELECT currency, value, quantity, cart_id, visitor_id, changed_at
FROM carts WHERE state = 'abandoned'
QUALIFY row_number() OVER (PARTITION BY currency ORDER BY value DESC, cart_id) <= 20
ORDER BY currency, value DESC, cart_id
