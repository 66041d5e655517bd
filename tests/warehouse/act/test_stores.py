"""`_stores.toml`: what it may say, what is wrong with its line, and what devices get of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.demo.catalog import catalog
from tests.collector.server import Running
from warehouse.act import folder
from warehouse.act.rules import utc_now
from warehouse.act.stores import week
from warehouse.cli import main

EXAMPLES = Path(__file__).parents[3] / "warehouse" / "act" / "examples"
WHOLE = """\
[[stores]]
id = "tartu"
name = "Tartu"
lat = 58.3816
lon = 26.7210
zone = "Europe/Tallinn"
hours = "Mo-Fr 09:00-20:00; Sa 10:00-16:00"
closed = [2026-12-24]
url = "/stores/tartu"
# end
"""
NINE, FIVE = 540, 1020


@pytest.mark.parametrize(
    ("hours", "days"),
    [
        ("Mo-Fr 09:00-17:00", {1: [(NINE, FIVE)], 5: [(NINE, FIVE)], 0: [], 6: []}),
        ("Sa-Mo 09:00-17:00", {6: [(NINE, FIVE)], 0: [(NINE, FIVE)], 1: [(NINE, FIVE)], 2: []}),
        ("Mo,We 09:00-12:00,13:00-17:00", {1: [(NINE, 720), (780, FIVE)], 2: [], 3: [(NINE, 720), (780, FIVE)]}),
        ("Mo-Su 09:00-17:00; We 10:00-12:00", {2: [(NINE, FIVE)], 3: [(600, 720)]}),
        ("Fr 18:00-02:00", {5: [(1080, 1560)], 6: []}),
        ("Mo-Su 00:00-24:00", {0: [(0, 1440)]}),
    ],
)  # fmt: skip
def test_hours_become_minutes_per_day(hours: str, days: dict[int, list[tuple[int, int]]]) -> None:
    assert {day: week(hours)[day] for day in days} == days


@pytest.mark.parametrize(
    ("there", "instead", "line", "field", "says"),
    [
        ('id = "tartu"', 'id = "Tartu Street"', 2, "stores.0.id", "regex"),
        ("lat = 58.3816", "lat = 158.3816", 4, "stores.0.lat", "90"),
        ("lat = 58.3816", 'lat = "58.3816"', 4, "stores.0.lat", "float"),
        ("lat = 58.3816\nlon = 26.7210", "lat = 0.0\nlon = 0.0", 4, "stores.0.lat", "sea"),
        ("lon = 26.7210\n", "", 1, "stores.0.lon", "missing"),
        ("Europe/Tallinn", "Europe/Talinn", 6, "stores.0.zone", "did you mean Europe/Tallinn"),
        ("Mo-Fr 09:00-20:00", "Mo-Fr 9-20", 7, "stores.0.hours", "no time"),
        ("Mo-Fr", "Mon-Fri", 7, "stores.0.hours", "no day"),
        ("Mo-Fr", "Mo-Xx", 7, "stores.0.hours", "'Xx' is no day"),
        ("09:00-20:00", "09:00-12:00,11:00-20:00", 7, "stores.0.hours", "overlap"),
        ("09:00-20:00", "09:00-09:00", 7, "stores.0.hours", "round the clock"),
        ("Mo-Fr 09:00-20:00; Sa 10:00-16:00", ";", 7, "stores.0.hours", "never open"),
        ("[2026-12-24]", '["24.12."]', 8, "stores.0.closed", "date"),
        ('"/stores/tartu"', '"tartu"', 9, "stores.0.url", "no page"),
        ("url =", "link =", 9, "stores.0.link", "no such field"),
        ("# end\n", WHOLE, 11, "stores.1.id", "stands twice"),
        ("# end\n", "", 9, "file", "cut off"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, there: str, instead: str, line: int, field: str, says: str
) -> None:
    assert there in WHOLE
    (tmp_path / "_site.toml").write_text((EXAMPLES / "_site.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "_stores.toml").write_text(WHOLE.replace(there, instead, 1), "utf-8")
    found = folder.read(tmp_path, frozenset(), utc_now())
    assert found.stores == []
    told = [(one.file, one.line, one.field) for one in found.mistakes]
    assert ("_stores.toml", line, field) in told, told
    assert any(says in str(one) for one in found.mistakes), [str(one) for one in found.mistakes]


def test_the_example_has_the_demo_s_rooms() -> None:
    found = folder.read(EXAMPLES, frozenset(), utc_now())
    rooms = [(one.id, one.lat, one.lon, one.hours) for one in catalog().stores]
    hours = [
        {f"{start // 60}-{end // 60}" for day in one["open"] for start, end in day} for one in found.stores
    ]
    assert [
        (one["id"], one["lat"], one["lon"], *h) for one, h in zip(found.stores, hours, strict=True)
    ] == rooms


def invoke(*args: str) -> str:
    done = CliRunner().invoke(main, ["campaign", *args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_publishing_hands_them_out_and_says_so(tmp_path: Path) -> None:
    server = Running(tmp_path / "data")
    try:
        assert server.ask("GET", f"/v1/stores?key={server.key}").status == 404
        root = str(server.data.root)
        place = server.data.campaigns / "shop"
        place.mkdir(parents=True)
        for path in EXAMPLES.glob("*.toml"):
            (place / path.name).write_bytes(path.read_bytes())
        assert "~ stores: 6" in invoke("publish", "shop", "--data", root)
        config = server.ask("GET", f"/v1/config?key={server.key}").json
        assert config["act"]["moment"] is True
        version = config["act"]["stores"]
        answer = server.ask("GET", f"/v1/stores?key={server.key}&v={version}")
        assert [one["name"] for one in answer.json["stores"]][:2] == ["Tallinn", "Tartu"]
        assert answer.headers["cache-control"] == "public, max-age=86400"
        assert answer.headers["access-control-allow-origin"] == "*"
        again = server.ask(
            "GET", f"/v1/stores?key={server.key}", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert again.status == 304
        assert server.ask("GET", "/v1/stores?key=wk_other").status == 401
        text = (place / "_stores.toml").read_text("utf-8")
        (place / "_stores.toml").write_text(text.replace("10:00-19:00", "10:00-18:00"), "utf-8")
        assert "~ stores: 6" in invoke("publish", "shop", "--data", root)
        assert server.ask("GET", f"/v1/config?key={server.key}").json["act"]["stores"] != version
        (place / "_stores.toml").unlink()
        assert "~ stores: 0" in invoke("publish", "shop", "--data", root)
        assert "stores" not in server.ask("GET", f"/v1/config?key={server.key}").json["act"]
        assert server.ask("GET", f"/v1/stores?key={server.key}").json["stores"] == []
    finally:
        server.stop()
