-- grain: one row per row of moment_steps
-- reads: moment_evidence, moment_settings
-- writes: part moment_labels
-- columns:
--   p: probability of know, go, do and buy after this event: softmax of the decayed evidence of the segment
--   label: the intent this event shows: the one it answers, else the leading one when it leads by the margin, else null
--   intent: the carried label: the last one of the segment; before the first one, the first
--   turn: number of the run of equal intents in the segment
WITH evidence AS MATERIALIZED (
  SELECT * FROM moment_evidence
), decayed AS (
  -- Only what the windows need goes through them: they sort whole rows.
  SELECT e.site_id, e.session_id, e.segment, e.n, e.outcome, r.open_at, r.rise_by, r.lead_by, r.temperature, r.prior,
    sum(e.know * pow(2, e.elapsed / r.half_life[1])) OVER w / pow(2, e.elapsed / r.half_life[1]) AS e_know,
    sum(e.go * pow(2, e.elapsed / r.half_life[2])) OVER w / pow(2, e.elapsed / r.half_life[2]) AS e_go,
    sum(e."do" * pow(2, e.elapsed / r.half_life[3])) OVER w / pow(2, e.elapsed / r.half_life[3]) AS e_do,
    sum(e.buy * pow(2, e.elapsed / r.half_life[4])) OVER w / pow(2, e.elapsed / r.half_life[4]) AS e_buy
  FROM evidence AS e
  JOIN moment_settings AS r ON r.site_id = e.rules
  WINDOW w AS (PARTITION BY e.site_id, e.session_id, e.segment ORDER BY e.n ROWS UNBOUNDED PRECEDING)
), logits AS (
  SELECT * EXCLUDE (e_know, e_go, e_do, e_buy), list_max(prior) / temperature AS o_top,
    (prior[1] + e_know) / temperature AS z_know, (prior[2] + e_go) / temperature AS z_go,
    (prior[3] + e_do) / temperature AS z_do, (prior[4] + e_buy) / temperature AS z_buy
  FROM decayed
), powers AS (
  -- The greatest is taken off first, so that a long evening of evidence cannot overflow.
  SELECT * EXCLUDE (z_know, z_go, z_do, z_buy, o_top, temperature, prior),
    [exp(z - greatest(z_know, z_go, z_do, z_buy)) FOR z IN [z_know, z_go, z_do, z_buy]] AS x,
    [exp(z / temperature - o_top) FOR z IN prior] AS o
  FROM logits
), shares AS (
  SELECT * EXCLUDE (x, o), [v / list_sum(x) FOR v IN x] AS p, [v / list_sum(o) FOR v IN o] AS p_before
  FROM powers
), ranked AS (
  SELECT *, list_max(p) AS most, list_position(p, list_max(p)) AS leader, list_sort(p, 'DESC')[2] AS next,
    lag(p, 2, p_before) OVER (PARTITION BY site_id, session_id, segment ORDER BY n) AS p_earlier
  FROM shares
), labelled AS (
  SELECT *, coalesce(outcome, CASE WHEN most - next >= lead_by - 1e-9
    AND (most >= open_at - 1e-9 OR most - p_earlier[leader] >= rise_by - 1e-9)
    THEN ['know', 'go', 'do', 'buy'][leader] END) AS label
  FROM ranked
), carried AS (
  SELECT site_id, session_id, segment, n, p, label,
    coalesce(last_value(label IGNORE NULLS) OVER (w ROWS UNBOUNDED PRECEDING),
      first_value(label IGNORE NULLS) OVER (w ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) AS intent
  FROM labelled
  WINDOW w AS (PARTITION BY site_id, session_id, segment ORDER BY n)
), turning AS (
  SELECT *, lag(intent) OVER (PARTITION BY site_id, session_id, segment ORDER BY n) IS DISTINCT FROM intent AS is_first
  FROM carried
), turned AS (
  SELECT *, count_if(is_first) OVER (PARTITION BY site_id, session_id, segment ORDER BY n ROWS UNBOUNDED PRECEDING) AS turn
  FROM turning
)
SELECT e.*, t.p, t.label, t.intent, t.turn
FROM evidence AS e JOIN turned AS t ON e.site_id = t.site_id AND e.session_id = t.session_id AND e.n = t.n
