SELECT ts, event, url_path, search_query, product_id, value, order_id FROM ev
WHERE visitor_id = (SELECT visitor_id FROM visits ORDER BY ended_at DESC LIMIT 1)
ORDER BY ts, session_seq, event_id
