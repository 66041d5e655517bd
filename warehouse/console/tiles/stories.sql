-- ask: Which visits had moments lately, and which?
-- facts: visit_moments started_at
SELECT session_id, min(started_at) AS began, any_value(country) AS country, any_value(device_type) AS device_type,
  any_value(channel) AS channel, list(intent ORDER BY started_at, moment_id) AS intents,
  list(topic ORDER BY started_at, moment_id) AS topics, count(*) FILTER (is_answered) AS answered
FROM visit_moments WHERE {now}
GROUP BY session_id ORDER BY began DESC, session_id LIMIT 12
