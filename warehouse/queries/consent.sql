-- ask: Who consents to what, per jurisdiction?
-- chart: bar share
SELECT jurisdiction, purpose, count(*) FILTER (granted) AS yes, count(*) FILTER (NOT granted) AS "no",
  round(yes / nullif(yes + "no", 0), 3) AS share
FROM consents GROUP BY ALL ORDER BY ALL
