"""User agents by list and by name, and batches that contradict theirs. The strings were written for these
tests, not taken from the libraries that are tested here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from collector.agents import Agents
from tests.collector.server import NOW_MS, Running, batch, event

AGENTS = Agents()
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Version/18.1 Safari/605.1.15"
PEOPLE = [
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", "desktop", "Windows", "Chrome"),
    (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/142.0.0.0",
        "desktop",
        "Windows",
        "Edge",
    ),
    (
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Version/18.1 Safari/605.1.15",
        "desktop",
        "macOS",
        "Safari",
    ),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "desktop", "Linux", "Firefox"),
    (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "desktop", "ChromeOS", "Chrome"),
    (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) {SAFARI} Version/18.1 Mobile/15E Safari/604.1",
        "mobile",
        "iOS",
        "Safari",
    ),
    (
        f"Mozilla/5.0 (iPad; CPU OS 17_6) {SAFARI} Version/17.6 Mobile/15E148 Safari/604.1",
        "tablet",
        "iOS",
        "Safari",
    ),
    (
        f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36",
        "mobile",
        "Android",
        "Chrome",
    ),
    (f"Mozilla/5.0 (Linux; Android 13; SM-X700) {CHROME} Safari/537.36", "tablet", "Android", "Chrome"),
    (
        f"Mozilla/5.0 (Linux; U; Android 12; en-US; CUBOT X50) {CHROME} Mobile Safari/537.36",
        "mobile",
        "Android",
        "Chrome",
    ),
    (
        "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/79.0.1.2 Safari/537.36",
        "tv",
        "webOS",
        "Chrome",
    ),
    (
        "Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15 Version/15.4 Safari/605.1.15",
        "console",
        None,
        "Safari",
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 OculusBrowser/30.0 VR Safari/537.36",
        "wearable",
        "Android",
        "Oculus Browser",
    ),
    (
        "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
        "mobile",
        "KaiOS",
        "Firefox",
    ),
    ("okhttp/4.12.0", "mobile", None, "okhttp"),
]
BOTS = [
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "search_crawler"),
    ("Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "ai_crawler"),
    ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ai_crawler"),
    ("CCBot/2.0 (https://commoncrawl.org/faq/)", "ai_crawler"),
    ("Mozilla/5.0 AppleWebKit/537.36; compatible; ChatGPT-User/1.0; +https://openai.com/bot", "ai_assistant"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/130.0.0.0 Safari/537.36", "headless"),
    ("python-requests/2.32.3", "library"),
    ("curl/8.5.0", "library"),
    ("Go-http-client/2.0", "library"),
    ("Mozilla/5.0 (compatible; SomethingNobodyKnows/1.0; +https://example.com/about)", "crawler"),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "preview"),
    ("", "no_user_agent"),
    ("Mozilla/5.0", "unknown_agent"),
    ("-", "unknown_agent"),
]


@pytest.mark.parametrize(("text", "device", "system", "browser"), PEOPLE, ids=lambda value: str(value)[:60])
def test_people_are_told_by_device_system_and_browser(
    text: str, device: str, system: str | None, browser: str
) -> None:
    assert AGENTS.read(text) == (device, system, browser, None)


@pytest.mark.parametrize(("text", "reason"), BOTS, ids=lambda value: str(value)[:60])
def test_what_is_no_person_has_a_reason(text: str, reason: str) -> None:
    assert AGENTS.read(text).bot == reason


def listed(name: str) -> list[list[str]]:
    text = (Path(__file__).parent / "agents" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def test_the_list_of_bots_is_known_and_sorted_and_no_person_is_among_them() -> None:
    bots, people = listed("bots.txt"), listed("people.txt")
    assert len(bots) > 190
    assert len(people) > 150
    found = [(reason, AGENTS.read(text).bot, text) for reason, text in bots]
    missed = [text for _, bot, text in found if bot is None]
    mistaken = [row[-1] for row in people if AGENTS.read(row[-1]).bot]
    unsorted = [one for one in found if one[0] != one[1]]
    assert len(missed) <= 0.02 * len(bots), missed
    assert len(mistaken) <= 0.01 * len(people), mistaken
    assert len(unsorted) <= 0.05 * len(bots), unsorted


@pytest.mark.parametrize("what", ["browser", "os", "device"])
def test_families_of_the_list_of_people(what: str) -> None:
    column = ["browser", "os", "device"].index(what)
    said = [row for row in listed("people.txt") if row[column] != "-"]
    wrong = [
        (row, AGENTS.read(row[-1])) for row in said if getattr(AGENTS.read(row[-1]), what) != row[column]
    ]
    assert len(wrong) <= 0.03 * len(said), wrong


HINT = {"Sec-CH-UA-Platform": '"Windows"'}
NOBODY = [
    ("screen without area", {"ctx": {"screen": [0, 0]}}, {}, "impossible_device"),
    (
        "hints of another system",
        {},
        {"Sec-CH-UA-Platform": '"Windows"', "User-Agent": MAC},
        "impossible_device",
    ),
    ("headless hint", {}, {"Sec-CH-UA": '"HeadlessChrome";v="142"'}, "headless"),
    ("300 in a second", {"events": [event(t=NOW_MS + n) for n in range(300)]}, {}, "impossible_speed"),
    ("a crawler", {}, {"User-Agent": "Googlebot/2.1"}, "search_crawler"),
]
PERSON = [
    ("hidden page", {"ctx": {"viewport": [0, 0], "screen": [1920, 1080]}}, {}),
    ("hints that agree", {}, HINT),
    ("300 in a minute", {"events": [event(t=NOW_MS + 200 * n) for n in range(300)]}, {}),
    ("200 in a second", {"events": [event(t=NOW_MS) for n in range(200)]}, {}),
]


@pytest.mark.parametrize(("name", "fields", "headers", "reason"), NOBODY, ids=[row[0] for row in NOBODY])
def test_batches_no_person_can_make_are_labelled_and_kept(
    server: Running, name: str, fields: dict[str, Any], headers: dict[str, str], reason: str
) -> None:
    assert server.post(batch(server.key) | fields, headers).status == 200
    meta = server.lines()[-1]["m"]
    assert (meta["d"], meta["bot"]) == ("bot", reason)


@pytest.mark.parametrize(("name", "fields", "headers"), PERSON, ids=[row[0] for row in PERSON])
def test_odd_batches_of_people_are_not_labelled(
    server: Running, name: str, fields: dict[str, Any], headers: dict[str, str]
) -> None:
    assert server.post(batch(server.key) | fields, headers).status == 200
    meta = server.lines()[-1]["m"]
    assert (meta["d"], meta.get("bot")) == ("desktop", None)


def test_an_ipad_that_says_it_is_a_mac_is_a_tablet(server: Running) -> None:
    server.post(batch(server.key, ctx={"screen": [820, 1180], "dpr": 2}), {"User-Agent": MAC})
    assert [server.lines()[-1]["m"][letter] for letter in "dow"] == ["tablet", "iOS", "Safari"]
    server.post(batch(server.key, ctx={"screen": [1512, 982], "dpr": 2}), {"User-Agent": MAC})
    assert server.lines()[-1]["m"]["d"] == "desktop"


@pytest.mark.long
def test_labels_can_be_switched_off_and_reasons_accepted(place: Path) -> None:
    running = Running(place, {"HETK_BOTS_ACCEPTED": "ai_assistant,impossible_device"})
    running.post(batch(running.key, ctx={"screen": [0, 0]}), {"User-Agent": "ChatGPT-User/2.0"})
    running.post(batch(running.key), {"User-Agent": "GPTBot"})
    assert [line["m"].get("bot") for line in running.lines()] == [None, "ai_crawler"]
    running.stop()
    running = Running(place / "2", {"HETK_BOTS_LABEL": "false"})
    running.post(batch(running.key), {"User-Agent": "GPTBot"})
    assert "bot" not in running.lines()[-1]["m"]
    running.stop()


def test_a_long_agent_costs_no_more_than_its_first_kilobyte() -> None:
    assert AGENTS.read("Mozilla/5.0 (Windows NT 10.0) " + "(" * 100_000 + "Googlebot").bot is None
