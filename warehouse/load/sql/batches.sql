-- grain: one row per batch, with what holds for all its events: who may be named, which clock, which page
-- reads: line, salt (visits kept under yesterday's salt)
-- writes: temp table batch
-- An id is named when analytics is allowed, or not asked and the sender itself chose a first-party mode; else the
-- collector's daily hash stands in; with analytics refused there is none at all. The events stay in `line`: a copy of
-- them here would cost as much as parsing them.
CREATE OR REPLACE TEMP TABLE batch AS
SELECT *, CASE WHEN m.a = 'write' AND NOT deferred THEN hash(k, visitor_id, session) END AS chain,
  CASE WHEN NOT deferred AND NOT history THEN epoch_us(ts_received) - epoch_us(ts_sent) END AS skew_us
FROM (
  SELECT line.line_no, k, ts_received, m, b.lib AS lib, b.ctx AS ctx,
    coalesce(b.deferred, false) AS deferred,
    coalesce(b.history, false) AND m.a = 'server' AS history,
    b.ctx.consent.analytics IS false AS refused,
    b.ctx.session AS session,
    make_timestamp(greatest(least(b.sent, 4102444800000), 946684800000) * 1000) AS ts_sent,
    CASE
      WHEN b.ctx.consent.analytics IS false THEN NULL
      WHEN b.ctx.mode = 'cookieless' OR b.ctx.visitor IS NULL THEN coalesce(salt.kept, m.v)
      ELSE b.ctx.visitor
    END AS visitor_id,
    CASE
      WHEN b.ctx.consent.analytics IS false THEN NULL
      WHEN b.ctx."user" IS NOT NULL THEN 'user'
      WHEN b.ctx.mode = 'cookieless' OR b.ctx.visitor IS NULL THEN 'cookieless'
      ELSE 'first_party'
    END AS id_mode
  FROM line LEFT JOIN salt ON salt.line_no = line.line_no
);
