-- Who is who, by hand: append-only, the last rule about a pair wins. Nothing in events is rewritten.
CREATE TABLE identity_rules (
  site_id VARCHAR, visitor_id VARCHAR, user_id VARCHAR,
  rule VARCHAR,                 -- merge, split, unmerge: of the visitor and the user, or of the user and the other user
  other_user_id VARCHAR,        -- null when the rule is about a visitor; merged into this one
  made_at TIMESTAMP, reason VARCHAR
);
INSERT INTO identity_rules
  SELECT site_id, visitor_id, user_id, CASE edit WHEN 'link' THEN 'merge' WHEN 'unlink' THEN 'split' ELSE edit END,
    into_user, edited_at, reason
  FROM identity_edits;
DROP TABLE identity_edits;
