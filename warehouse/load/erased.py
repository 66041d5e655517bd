"""Tombstones and the events of a load in; events of erased people, without ids, marked refused out."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from collector import logs
from warehouse.privacy import ledger
from warehouse.privacy.person import Person
from warehouse.privacy.tombstone import KeyMissing, read_key, tombstone


@dataclass(frozen=True)
class Tombstones:
    """The HMACs of everybody erased, and the key they were made with."""

    key: bytes
    marks: frozenset[str]


def read_tombstones(con: duckdb.DuckDBPyConnection) -> Tombstones | None:
    """None while nobody was erased, or when the key is gone: that is told, and loading goes on."""
    told = con.execute("SELECT subject_hmac FROM deletions").fetchall()
    marks = frozenset(mark for (mark,) in told) | {one.mark for one in ledger.read(con)}
    if not marks:
        return None
    try:
        return Tombstones(read_key(), marks)
    except KeyMissing as error:
        logs.warn("late events of erased people cannot be recognised", error=str(error))
        return None


def refuse_erased(con: duckdb.DuckDBPyConnection, tombstones: Tombstones | None) -> dict[str, Person]:
    """Whose events were refused, by tombstone. Costs nothing while there are none."""
    late: dict[str, Person] = {}
    if tombstones is None:
        return late
    for kind in ("visitor", "user"):
        seen = con.execute(
            f"SELECT DISTINCT site_id, {kind}_id FROM staged WHERE {kind}_id IS NOT NULL"
        ).fetchall()
        for site, identity in seen:
            mark = tombstone(tombstones.key, site, kind, identity)
            if mark in tombstones.marks:
                late[mark] = Person(site, **{f"{kind}s": (identity,)})
                con.execute(
                    "UPDATE staged SET refused = true, why = 'erased', visitor_id = NULL, user_id = NULL "
                    f"WHERE site_id = $1 AND {kind}_id = $2",
                    [site, identity],
                )
    return late
