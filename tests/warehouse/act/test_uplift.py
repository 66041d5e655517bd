"""A simulation with a known uplift: the intervals cover it, and verdicts are as sure as they say."""

from __future__ import annotations

import pytest

from warehouse.models.lab import lab

CAMPAIGNS, PEOPLE = 100, 2000
# The first half helps (6 of 100 instead of 4), the second changes nothing; a fifth of the people is held back.
SIMULATED = f"""
CREATE TEMP TABLE simulated AS SELECT i, n, hash(i * 7919 + n * 104729) % 5 = 0 AS held,
  (hash(i * 31 + n * 17 + 5) % 1000000) / 1e6 < CASE WHEN i < {CAMPAIGNS // 2} AND NOT held THEN 0.06 ELSE 0.04 END AS bought
FROM range({CAMPAIGNS}) AS c(i), range({PEOPLE}) AS p(n);
INSERT INTO events (event_id, site_id, event, ts, visitor_id, id_mode, is_bot, props)
SELECT uuid(), 's', 'decision', TIMESTAMP '2026-01-05' + n * INTERVAL 1 SECOND, i || '-' || n, 'first_party', false,
  json_object('action', 'c' || i, 'chosen', NOT held, 'holdout', held, 'basis', 'personal') FROM simulated;
INSERT INTO events (event_id, site_id, event, ts, visitor_id, id_mode, is_bot, order_id, value, currency)
SELECT uuid(), 's', 'purchase', TIMESTAMP '2026-01-06', i || '-' || n, 'first_party', false, i || '-' || n, 10, 'EUR'
FROM simulated WHERE bought;
INSERT INTO events (event_id, site_id, event, ts, visitor_id, is_bot) VALUES (uuid(), 's', 'page_view', TIMESTAMP '2026-02-01', 'x', false)
"""


@pytest.mark.long
def test_intervals_cover_the_known_uplift() -> None:
    con = lab()
    con.execute(SIMULATED)
    rows = con.execute(
        "SELECT CAST(action[2:] AS INTEGER) AS i, low, high, verdict, people_needed, shown, held_out FROM actions"
    ).fetchall()
    con.close()
    assert len(rows) == CAMPAIGNS
    truth = {i: 0.02 if i < CAMPAIGNS // 2 else 0.0 for i in range(CAMPAIGNS)}
    covered = sum(low <= truth[i] <= high for i, low, high, *_ in rows)
    print(f"{covered} of {CAMPAIGNS} intervals cover the truth")
    assert covered >= 88  # 95 are meant; fewer than 88 happen once in 500 such simulations
    assert sum(verdict == "helps" for i, _, _, verdict, *_ in rows if truth[i]) > 5
    assert sum(verdict in ("helps", "harms") for i, _, _, verdict, *_ in rows if not truth[i]) <= 8
    for _, low, high, verdict, needed, shown, held in rows:
        assert shown + held == PEOPLE
        assert (verdict == "helps") == (low > 0)
        assert (verdict == "harms") == (high < 0)
        assert (needed == 0) == (verdict in ("helps", "harms")) or needed == 0
