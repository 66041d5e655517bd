-- grain: one row per user id that a rule joins with others (identity_rules), by hand and revocably
-- reads: identity_rules
-- writes: view people
-- columns:
--   person_id: the user id that stands for all of them: the one that was merged into no other
WITH RECURSIVE rules AS (
  SELECT site_id, user_id, other_user_id, rule FROM identity_rules
  WHERE visitor_id IS NULL AND other_user_id IS NOT NULL AND other_user_id <> user_id
  QUALIFY row_number() OVER (PARTITION BY site_id, least(user_id, other_user_id), greatest(user_id, other_user_id)
    ORDER BY made_at DESC, rule, user_id) = 1
), merged AS (
  SELECT site_id, user_id, other_user_id FROM rules WHERE rule = 'merge'
), edges AS (
  SELECT site_id, user_id, other_user_id FROM merged UNION SELECT site_id, other_user_id, user_id FROM merged
), same AS (
  SELECT site_id, user_id, user_id AS person_id FROM edges
  UNION
  SELECT s.site_id, s.user_id, e.other_user_id
  FROM same AS s JOIN edges AS e ON s.site_id = e.site_id AND s.person_id = e.user_id
)
SELECT s.site_id, s.user_id, arg_min(s.person_id, (m.user_id IS NOT NULL, s.person_id)) AS person_id
FROM same AS s LEFT JOIN (SELECT DISTINCT site_id, user_id FROM merged) AS m
  ON s.site_id = m.site_id AND s.person_id = m.user_id
GROUP BY s.site_id, s.user_id
