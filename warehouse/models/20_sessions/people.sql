-- grain: one row per user id that was merged into another, by hand and revocably
-- reads: identity_edits
-- writes: view people
-- columns:
--   person_id: the user id it stands for now, through all merges
WITH RECURSIVE newest AS (
  SELECT site_id, user_id, edit, into_user FROM identity_edits WHERE edit IN ('merge', 'unmerge')
  QUALIFY row_number() OVER (PARTITION BY site_id, user_id ORDER BY edited_at DESC) = 1
), same AS (
  SELECT site_id, user_id, into_user AS person_id, 1 AS hops FROM newest WHERE edit = 'merge'
  UNION ALL
  SELECT s.site_id, s.user_id, n.into_user, s.hops + 1
  FROM same AS s JOIN newest AS n ON s.site_id = n.site_id AND s.person_id = n.user_id
  WHERE n.edit = 'merge' AND n.into_user <> s.user_id AND s.hops < 16
)
SELECT site_id, user_id, arg_max(person_id, hops) AS person_id FROM same GROUP BY site_id, user_id
