-- grain: one row per site and language, and one per site and type of device
-- reads: moments, sessions
-- writes: view moment_fairness
-- columns:
--   kind: lang or device
--   served: the language or device
--   n, answered: moments, and the share of them that was answered
--   at_most: upper end of the 90 % interval (Wilson) of that share
--   usual: share answered of all moments of the site
--   is_unfair: at_most lies more than 0.1 under usual
WITH told AS (
  SELECT m.site_id, CAST(m.state IN ('satisfied', 'converted') AS INT) AS ok,
    unnest([{kind: 'lang', served: m.lang}, {kind: 'device', served: s.device_type}]) AS "by"
  FROM moments AS m JOIN sessions AS s USING (site_id, session_id)
), counted AS (
  SELECT site_id, "by".kind AS kind, "by".served AS served, count(*) AS n, sum(ok) AS n_answered FROM told GROUP BY ALL
), meant AS (
  -- Each moment is in one row of each kind, so the mean of all rows, weighed by n, is the mean of all moments.
  SELECT *, n_answered / n AS answered, sum(n_answered) OVER (PARTITION BY site_id) / sum(n) OVER (PARTITION BY site_id) AS usual
  FROM counted
), bounded AS (
  SELECT *, 1.645 AS z,
    (answered + z * z / (2 * n) + z * sqrt(answered * (1 - answered) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS at_most
  FROM meant WHERE served IS NOT NULL
)
SELECT site_id, kind, served, n, answered, at_most, usual, at_most < usual - 0.1 AS is_unfair FROM bounded
