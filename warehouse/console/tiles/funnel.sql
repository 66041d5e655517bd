-- ask: How many people go through these steps in order, within some days?
-- facts: lake visits started_at
{choose visitors}SELECT step, event, people, share, kept
FROM funnel({steps}, {within}, since := {begin}, until := {end}, visitors := {chosen})
WHERE {site} ORDER BY step
