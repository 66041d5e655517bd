-- ask: Is every language shown as many decisions? (bias)
-- chart: bar share
SELECT lang, count(*) AS decided, count_if(shown_at IS NOT NULL) AS shown, round(shown / decided, 3) AS share
FROM decisions WHERE is_holdout IS NOT TRUE GROUP BY lang ORDER BY share
