-- grain: one row per span of time in which a visitor id stands for one person
-- reads: logins, identity_edits, people
-- writes: view identities
-- columns:
--   person_id: the user, or whom the user was merged into; one person may have many visitor ids
--   since, until: half-open; what came before the first login belongs to the first user, and a shared device is
--     handed over when the next user appears
WITH newest AS (
  SELECT * FROM identity_edits WHERE edit IN ('link', 'unlink')
  QUALIFY row_number() OVER (PARTITION BY site_id, visitor_id, user_id ORDER BY edited_at DESC) = 1
), seen AS (
  SELECT l.site_id, l.visitor_id, l.user_id, l.first_at
  FROM logins AS l LEFT JOIN newest AS n
    ON l.site_id = n.site_id AND l.visitor_id = n.visitor_id AND l.user_id = n.user_id AND n.edit = 'unlink'
  WHERE n.edited_at IS NULL OR l.first_at > n.edited_at
  UNION ALL
  SELECT site_id, visitor_id, user_id, edited_at FROM newest WHERE edit = 'link'
), named AS (
  SELECT s.site_id, s.visitor_id, s.user_id, coalesce(p.person_id, s.user_id) AS person_id, s.first_at
  FROM seen AS s LEFT JOIN people AS p ON s.site_id = p.site_id AND s.user_id = p.user_id
), turns AS (
  SELECT * FROM named
  WINDOW w AS (PARTITION BY site_id, visitor_id ORDER BY first_at, user_id)
  QUALIFY lag(person_id) OVER w IS DISTINCT FROM person_id
)
SELECT site_id, visitor_id, user_id, person_id,
  CASE WHEN lag(first_at) OVER w IS NULL THEN TIMESTAMP '-infinity' ELSE first_at END AS since,
  coalesce(lead(first_at) OVER w, TIMESTAMP 'infinity') AS until
FROM turns
WINDOW w AS (PARTITION BY site_id, visitor_id ORDER BY first_at, user_id)
