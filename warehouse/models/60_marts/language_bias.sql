-- grain: one row per site and language of the page
-- reads: decided, ev
-- writes: view language_bias
-- columns:
--   asked: places of page views that were decided for, those with nothing to show included
--   shown: of them, something was (held back counts as shown: that is chance, not choice)
--   share: shown / asked; all_share: of all languages
--   high: upper end of the 90 % interval of share (Wilson)
--   biased: even that end is below 0.8 x all_share
WITH asked AS (
  SELECT site_id, lang, chosen OR holdout AS shown FROM decided
  UNION ALL BY NAME
  SELECT site_id, page_lang AS lang, false AS shown FROM ev WHERE event = 'decision_suppressed'
), counted AS (
  SELECT site_id, lang, count(*) AS asked, count_if(shown) AS shown, count_if(shown) / count(*) AS share FROM asked GROUP BY site_id, lang
), bounded AS (
  SELECT *, sum(shown) OVER (PARTITION BY site_id) / sum(asked) OVER (PARTITION BY site_id) AS all_share,
    (share + 1.3528 / asked + 1.6449 * sqrt(share * (1 - share) / asked + 0.6764 / (asked * asked))) / (1 + 2.7055 / asked) AS high
  FROM counted
)
SELECT site_id, lang, asked, shown, share, all_share, high, high < 0.8 * all_share AS biased FROM bounded
