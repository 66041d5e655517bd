"""Arrivals as the loader reads them; the page reads the same file (sdk_js/test/unit/arrival.test.ts)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from warehouse.load.arrivals import FILE, arrivals
from warehouse.load.page import read_page

ROOT = Path(__file__).parents[3]
GOLDEN = json.loads((ROOT / "tests" / "contract" / "arrivals.json").read_text("utf-8"))


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: f"{g['url'][20:]} {g['ref']}")
def test_channel_and_kind_of_an_arrival(golden: dict[str, str | None]) -> None:
    page = read_page(golden["url"] or "", golden["ref"] or "")
    assert (page.channel, page.social_kind) == (golden["channel"], golden["social_kind"])


def test_the_golden_arrivals_cover_what_the_rules_weigh() -> None:
    rules = json.loads((ROOT / "warehouse" / "models" / "30_moments" / "moment_defaults.json").read_bytes())
    seen = {golden[name] for golden in GOLDEN for name in ("channel", "social_kind")}
    weighed = {signal.removeprefix("ref:") for signal in rules["weights"] if signal.startswith("ref:")}
    assert weighed - {"search"} <= seen
    assert "organic_search" in seen  # what `ref:search` stands for, paid or not


def test_the_page_has_the_lists_of_the_loader() -> None:
    kept = (ROOT / "sdk_js" / "dist" / "lang" / FILE).read_text("utf-8")
    assert kept == arrivals(), "run python -m warehouse.load.arrivals sdk_js/dist/lang"
