-- ask: Is every language shown as much as the others (all days)?
-- facts: lake language_bias site_id
SELECT lang AS name, asked, shown, share, all_share, biased FROM language_bias WHERE {site} ORDER BY asked DESC, name
