-- The other facts: what was recognised, decided, sent, allowed, erased, planned and corrected.
-- Rules of moments that differ from warehouse/models/30_moments/moment_defaults.json, fitted or written by hand.
CREATE TABLE moment_models (
  site_id VARCHAR, model VARCHAR, made_at TIMESTAMP,
  params JSON,                  -- merged over the defaults (RFC 7386)
  report JSON,                  -- how well it did on the held-out part, null when written by hand
  active BOOLEAN
);
CREATE TABLE decisions (
  decision_id VARCHAR, site_id VARCHAR, visitor_id VARCHAR, user_id VARCHAR, session_id UUID, moment_id VARCHAR,
  decided_at TIMESTAMP, shown_at TIMESTAMP, clicked_at TIMESTAMP, dismissed_at TIMESTAMP,
  rule VARCHAR, action VARCHAR, channel VARCHAR, lang VARCHAR,
  is_holdout BOOLEAN,           -- chosen for the action and left alone, to measure it
  suppressed VARCHAR,           -- null, else why nothing was shown: consent, cap, quiet_hours, confidence ...
  purpose VARCHAR,              -- the consent it needs: personalization, ads; null when none
  latency_ms DOUBLE, experiment_key VARCHAR, variant VARCHAR, propensity DOUBLE, model VARCHAR
);
CREATE TABLE outbox (
  message_id VARCHAR, site_id VARCHAR, visitor_id VARCHAR, user_id VARCHAR, decision_id VARCHAR, channel VARCHAR,
  payload JSON, due_at TIMESTAMP, sent_at TIMESTAMP, state VARCHAR, attempts INTEGER, last_error VARCHAR
);
CREATE TABLE consent_log (
  site_id VARCHAR, visitor_id VARCHAR, user_id VARCHAR, changed_at TIMESTAMP, purpose VARCHAR, granted BOOLEAN,
  version VARCHAR, jurisdiction VARCHAR, gpc BOOLEAN, source VARCHAR, event_id UUID
);
CREATE TABLE deletions (
  requested_at TIMESTAMP, done_at TIMESTAMP, site_id VARCHAR, subject_hmac VARCHAR, kind VARCHAR, n_events BIGINT
);
CREATE TABLE experiments_config (
  site_id VARCHAR, experiment_key VARCHAR, version INTEGER, valid_from TIMESTAMP, valid_to TIMESTAMP,
  variants STRUCT(name VARCHAR, share DOUBLE)[], goal_event VARCHAR, is_running BOOLEAN
);
CREATE TABLE campaigns (
  site_id VARCHAR, campaign_key VARCHAR, version INTEGER, valid_from TIMESTAMP, valid_to TIMESTAMP,
  utm_campaign VARCHAR, name VARCHAR, cost DECIMAL(18,4), currency VARCHAR
);
-- Corrections of the identity graph by hand; the newest line about a pair wins. Nothing in events is rewritten.
CREATE TABLE identity_edits (
  site_id VARCHAR, visitor_id VARCHAR, user_id VARCHAR,
  edit VARCHAR,                 -- link, unlink (visitor and user), merge, unmerge (user_id is the same as into_user)
  into_user VARCHAR, edited_at TIMESTAMP, reason VARCHAR
);
-- What a site wants other than usual of its sessions, as [sessions] of hetk.toml says; site_id '' = all others.
CREATE TABLE session_settings (site_id VARCHAR, cut_by_campaign BOOLEAN);
-- Days whose derived rows are written for good (warehouse/models/days.py).
CREATE TABLE closed_days (day DATE, closed_at TIMESTAMP);
