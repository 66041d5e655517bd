"""Golden sessions of tests/contract/moments in; rows of `events`, and the moments SQL makes of them, out."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

CONTRACT = Path(__file__).parents[1] / "contract" / "moments"
MEASURES = ("visible_ms", "percent", "kind")

Session = dict[str, Any]


def sessions() -> list[Session]:
    return [session for path in sorted(CONTRACT.glob("*.json")) for session in sessions_of(path.stem)]


def sessions_of(name: str) -> list[Session]:
    """Those of one file."""
    found: list[Session] = json.loads((CONTRACT / f"{name}.json").read_text(encoding="utf-8"))
    return found


def start_of(session: Session) -> datetime:
    return (
        datetime.fromisoformat(session.get("start", "2026-03-02T10:00:00Z"))
        .astimezone(UTC)
        .replace(tzinfo=None)
    )


def event_rows(session: Session, site: str) -> list[dict[str, Any]]:
    """Rows as the loader would write them; the events of a session are numbered from 1."""
    rows = []
    for number, said in enumerate(session["events"], start=1):
        event = {"is_bot": False, **said}
        at = start_of(session) + timedelta(milliseconds=round(event.pop("at") * 1000))
        props = {name: event.pop(name) for name in MEASURES if name in event}
        skew = timedelta(seconds=session.get("skew_seconds", 0))
        rows.append(
            {
                **event,
                "event_id": str(UUID(int=number)),
                "site_id": site,
                "visitor_id": "v",
                "ts_client": at,
                "ts": at + skew,
                "session_seq": number,
                "props": json.dumps(props),
            }
        )
    return rows


def load(con: duckdb.DuckDBPyConnection, cases: dict[str, Session]) -> None:
    """Each case is a site; its rows arrive out of order."""
    rows = [row for site, session in cases.items() for row in event_rows(session, site)]
    random.Random(7).shuffle(rows)
    names = sorted({name for row in rows for name in row})
    quoted = ", ".join(f'"{n}"' for n in names)
    one = f"({', '.join('?' * len(names))})"
    values = [row.get(name) for row in rows for name in names]
    con.execute(f"INSERT INTO events ({quoted}) VALUES {', '.join([one] * len(rows))}", values)
    for site, session in cases.items():
        if "rules" in session:
            con.execute(
                "INSERT INTO moment_models (site_id, params, active) VALUES (?, ?, true)",
                [site, json.dumps(session["rules"])],
            )


def found(con: duckdb.DuckDBPyConnection, cases: dict[str, Session]) -> dict[str, list[dict[str, Any]]]:
    """The moments of each case in the words of the golden files: events by number."""
    result: dict[str, list[dict[str, Any]]] = {site: [] for site in cases}
    cursor = con.execute("SELECT * FROM moments ORDER BY site_id, started_at, moment_id")
    names = [c[0] for c in cursor.description or []]
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        result[row["site_id"]].append(told(row, cases[row["site_id"]]))
    return result


def told(row: dict[str, Any], session: Session) -> dict[str, Any]:
    start = start_of(session)
    names = ("intent", "confidence", "state", "closed_by", "outcome", "topic_query", "topic_category", "lang",
             "n_events", "model")  # fmt: skip
    times = {"started": "started_at", "detected": "detected_at", "ended": "ended_at"}
    return {
        **{name: row[name] for name in names},
        **{name: round((row[column] - start).total_seconds() * 1000) for name, column in times.items()},
        "first": UUID(str(row["moment_id"])).int,
        "outcome_value": None if row["outcome_value"] is None else float(row["outcome_value"]),
        "p": [row[f"p_{intent}"] for intent in ("know", "go", "do", "buy")],
        "evidence": [
            (UUID(str(e["event_id"])).int, e["signal"], e["n"], e["weight"]) for e in row["evidence"]
        ],
    }
