-- ask: Is every language shown as many decisions? (bias)
-- chart: bar share
SELECT site_id, lang, asked, shown, round(share, 3) AS share, biased FROM language_bias ORDER BY share
