-- What each published revision of a campaign is for; by revision, because people decided under that one.
CREATE TABLE campaign_goals (
  site_id VARCHAR, action VARCHAR, revision INTEGER, goal VARCHAR, within_ms BIGINT, published_at TIMESTAMP
);
