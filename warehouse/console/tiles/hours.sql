-- ask: At which hour of which weekday (1 = Monday) do moments begin?
-- facts: visit_moments started_at
SELECT intent, isodow(started_at) AS weekday, hour(started_at) AS hour, count(*) AS moments,
  count(*) FILTER (is_answered) AS answered
FROM visit_moments WHERE {now}
GROUP BY ALL ORDER BY ALL
