-- ask: Who buys, newcomers or those who have known the site for long? (months since the first visit, per month of it)
-- chart: bar share
SELECT v.site_id, strftime(v.first_seen_at, '%Y-%m') AS cohort, datesub('month', v.first_seen_at, s.started_at) AS months,
  count(*) AS visits, round(avg(CAST(s.n_purchases > 0 AS INT)), 2) AS share
FROM sessions AS s JOIN visitors AS v USING (site_id, visitor_id) GROUP BY ALL ORDER BY 1, 2, 3
