-- ask: What did one visitor do, step by step? (the latest)
SELECT ts, event, url_path, search_query, product_id, value, order_id FROM ev
WHERE visitor_id = coalesce(getvariable('visitor'), (SELECT arg_max(visitor_id, ended_at) FROM sessions))
ORDER BY ts, session_seq, event_id
