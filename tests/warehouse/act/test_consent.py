"""Nothing personal is shown without consent: 0 rows in SQL, and hundreds once the gate is taken out."""

from __future__ import annotations

import json
import random
from typing import Any

import duckdb
import pytest

from collector.act import gates
from tests.act import golden
from tests.act.random_asked import random_asked
from warehouse.models.lab import lab
from warehouse.queries import questions

VISITS = 2000


def decided(dice: random.Random) -> list[tuple[Any, ...]]:
    """Rows of `events`, as a page sends its decisions: the consent is the context's, not the gate's."""
    rows = []
    for n in range(VISITS):
        asked = random_asked(dice)
        for one in (asked["act"] or {}).get("list", []):
            ads = ["ads"] if one["kind"] in ("offer", "banner") else []
            one["need"] = [] if one["basis"] == "contextual" else ["personalization", *ads]
        asked["ctx"]["consent"] = {
            purpose: dice.choice((True, False, None)) for purpose in ("personalization", "ads")
        }
        decision = golden.answer(asked)["decision"]
        if decision["action"]:
            consent = asked["ctx"]["consent"]
            rows.append((n, json.dumps(decision), consent["personalization"], consent["ads"]))
    return rows


def without_consent(con: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> int:
    con.execute("DELETE FROM events")
    con.executemany(
        "INSERT INTO events (event_id, site_id, event, ts, visitor_id, is_bot, props, consent_personalization, consent_ads)"
        " VALUES (CAST(printf('00000000-0000-0000-0000-%012d', ?) AS UUID), 's', 'decision', TIMESTAMP '2026-01-05', 'v', false, ?, ?, ?)",
        rows,
    )
    return len(con.execute(questions()["shown_without_consent"].sql).fetchall())


def test_decisions_without_consent_are_none_until_the_gate_is_taken_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    con = lab()
    rows = decided(random.Random(24))
    assert len(rows) > VISITS / 4
    assert without_consent(con, rows) == 0
    monkeypatch.setattr(gates, "GATES", tuple(gate for gate in gates.GATES if gate is not gates.is_allowed))
    assert without_consent(con, decided(random.Random(24))) > 100
    con.close()
