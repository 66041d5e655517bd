"""The places people allowed to use in; their geohashes of 5 characters (about 5 x 5 km) out."""

from __future__ import annotations

import duckdb

ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
LENGTH = 5
BITS = 5 * LENGTH
LON_BITS, LAT_BITS = (BITS + 1) // 2, BITS // 2


def put_geohashes(con: duckdb.DuckDBPyConnection) -> None:
    """Fills `geohash5` of `staged`. Few loads have a place in them: planning the expression costs 5 ms."""
    if con.execute("SELECT 1 FROM staged WHERE geo.lat IS NOT NULL LIMIT 1").fetchone():
        con.execute(f"UPDATE staged SET geohash5 = {geohash5_expression('geo')} WHERE geo.lat IS NOT NULL")


def geohash5_expression(place: str) -> str:
    """NULL outside the globe. Bits of longitude and latitude take turns, longitude first."""
    lon = f"least(floor(({place}.lon + 180) / 360 * {2**LON_BITS}), {2**LON_BITS - 1})::INTEGER"
    lat = f"least(floor(({place}.lat + 90) / 180 * {2**LAT_BITS}), {2**LAT_BITS - 1})::INTEGER"
    characters = []
    for start in range(0, BITS, 5):
        bits = []
        for position in range(start, start + 5):
            source, top = (lon, LON_BITS) if position % 2 == 0 else (lat, LAT_BITS)
            bits.append(f"(({source} >> {top - 1 - position // 2}) & 1) * {2 ** (4 - (position - start))}")
        characters.append(f"substr('{ALPHABET}', 1 + {' + '.join(bits)}, 1)")
    inside = f"{place}.lat BETWEEN -90 AND 90 AND {place}.lon BETWEEN -180 AND 180"
    return f"CASE WHEN {inside} THEN {' || '.join(characters)} END"
