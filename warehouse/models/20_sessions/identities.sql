-- grain: one row per visitor id that was seen signed in, or that a rule joins with a user
-- reads: logins, identity_rules, people
-- writes: view identities
-- columns:
--   person_id: whose it is when nobody is signed in: the one user's, else 'v:' + visitor_id (nobody's)
--   person_why: only_user (seen with this one alone), rule (identity_rules say so), shared (seen with several people)
--   n_people: how many people it was seen with
-- An event or session with a user id is that user's, whatever stands here.
WITH rules AS (
  SELECT site_id, visitor_id, user_id, rule FROM identity_rules WHERE visitor_id IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY site_id, visitor_id, user_id ORDER BY made_at DESC, rule) = 1
), seen AS (
  SELECT DISTINCT site_id, visitor_id, user_id, false AS is_rule FROM logins
  ANTI JOIN (SELECT * FROM rules WHERE rule IN ('split', 'merge')) AS r USING (site_id, visitor_id, user_id)
  UNION ALL
  SELECT site_id, visitor_id, user_id, true FROM rules WHERE rule = 'merge'
), named AS (
  SELECT s.site_id, s.visitor_id, s.is_rule, coalesce(p.person_id, s.user_id) AS person_id
  FROM seen AS s LEFT JOIN people AS p ON s.site_id = p.site_id AND s.user_id = p.user_id
), counted AS (
  SELECT site_id, visitor_id, count(DISTINCT person_id) AS n_people, min(person_id) AS one,
    count(DISTINCT person_id) FILTER (is_rule) AS n_ruled, min(person_id) FILTER (is_rule) AS ruled
  FROM named GROUP BY site_id, visitor_id
)
SELECT site_id, visitor_id, CASE WHEN n_ruled = 1 THEN ruled WHEN n_people = 1 THEN one ELSE 'v:' || visitor_id END AS person_id,
  CASE WHEN n_ruled = 1 THEN 'rule' WHEN n_people = 1 THEN 'only_user' ELSE 'shared' END AS person_why, n_people
FROM counted
