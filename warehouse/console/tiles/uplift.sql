-- ask: What does each campaign change, against those it was held back from (all days)?
-- facts: lake actions site_id
SELECT action AS name, goal, shown, held_out, rate, base, rate - base AS difference, low, high, uplift, verdict, people_needed
FROM actions WHERE {site} ORDER BY shown + held_out DESC, name
