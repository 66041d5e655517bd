"""The words of reasons in every language, and the signed links that say them."""

from __future__ import annotations

import re
import shutil
import string
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.act.model import When
from collector.act.why import ROOT, languages, sentences
from collector.why import Links, Reason
from tests.collector.server import Answer, Running
from tests.collector.test_decide import CART, EXAMPLES, ask
from warehouse.cli import main

SCRIPTS = {"hi": "DEVANAGARI", "bn": "BENGALI"}
LANGS = ["bn", "de", "en", "es", "et", "fr", "hi", "hi-latn", "id", "ja", "pt"]


@pytest.fixture(scope="module", autouse=True)
def campaigns(server: Running) -> None:
    shutil.copytree(EXAMPLES, server.data.campaigns / "shop", dirs_exist_ok=True)
    done = CliRunner().invoke(main, ["campaign", "publish", "shop", "--data", str(server.data.root)])
    assert done.exit_code == 0, done.output


def test_every_language_says_the_same_things_in_few_letters_of_its_script() -> None:
    assert sorted(languages()) == LANGS
    english = languages()["en"]
    for lang, words in languages().items():
        assert list(words) == list(english), lang
        for key, said in words.items():
            assert 0 < len(said) <= 140, (lang, key)
            assert _gaps(said) == _gaps(english[key]), (lang, key)
            letters = [char for char in re.sub(r"\{\w+\}", "", said) if char.isalpha()]
            script = SCRIPTS.get(lang)
            if lang == "ja":
                assert all(
                    unicodedata.name(c).startswith(("CJK", "HIRAGANA", "KATAKANA")) for c in letters
                ), said
            else:
                assert all(unicodedata.name(c).startswith(script or "LATIN") for c in letters), (lang, said)
        if lang != "en":
            assert sum(words[key] == english[key] for key in words) == 0, f"{lang} is not translated"


def test_every_condition_has_its_sentence() -> None:
    english = languages()["en"]
    for name in When.__struct_fields__:
        values = {"intent": ("know", "go", "do", "buy"), "cart": ("none", "open", "abandoned")}.get(name, ())
        for key in [f"{name}_{value}" for value in values] or [name]:
            assert key in english
    assert sentences(["intent:go", "category:shoes/trail-running", "tomorrow:x"], "en") == [
        english["intent_go"], "You were looking at: trail running",
    ]  # fmt: skip


def test_the_build_of_the_device_reads_the_same_files() -> None:
    """It takes them line by line (sdk_js/build.mjs), so they are no more than that."""
    for path in ROOT.glob("*.toml"):
        lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        assert all(re.fullmatch(r'\w+ = "[^"\\]+"', line) for line in lines), path


def decided(server: Running, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = ask(server, CART | more).json
    return told


def get(server: Running, path: str, accept: str = "text/html") -> Answer:
    return server.ask("GET", path, headers={"Accept": accept})


def test_a_decision_comes_with_a_link_that_says_why_in_the_reader_s_language(server: Running) -> None:
    told = decided(server)
    assert told["because"] == ["cart_min"]
    answer = get(server, told["why"], "application/json")
    assert answer.status == 200
    assert answer.json["lang"] == "et"
    assert answer.json["reasons"] == ["Su ostukorvi väärtus on piisav."]
    assert answer.json["about"] == "Sa oled nõustunud isikupärastamisega."
    page = get(server, told["why"])
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    text = page.body.decode()
    assert '<html lang="et">' in text
    assert "Su ostukorvi väärtus on piisav." in text
    assert "<script" not in text


def test_nothing_shown_nothing_to_explain(server: Running) -> None:
    told = decided(server, consent={})
    assert "why" not in told
    assert "because" not in told


def test_a_search_is_in_no_link(server: Running) -> None:
    ctx = {
        "place": "hero", "draw": "s1", "lang": "en", "moment": {"intent": "know", "conf": 900, "words": ["difference", "rash"]},
    }  # fmt: skip
    told: dict[str, Any] = ask(server, ctx).json
    assert told["decision"]["action"] == "assam-or-darjeeling"
    assert told["because"] == ["intent:know", "confidence", "words"]
    assert "rash" not in get(server, told["why"]).body.decode()


def test_only_links_of_ours_are_answered(server: Running) -> None:
    whole = decided(server)["why"]
    body, signature = whole.removeprefix("/v1/why/").split(".")
    for path in (
        f"/v1/why/{body}", f"/v1/why/{body}.", f"/v1/why/.{signature}", f"/v1/why/{body[:-4]}.{signature}", f"{whole}A", "/v1/why/",
        f"/v1/why/{body.swapcase()}.{signature}", "/v1/why/%F0%9F.%C3", f"{whole}{'x' * 3000}", "/v1/why/<script>.x",
    ):  # fmt: skip
        answer = get(server, path)
        assert (answer.status, answer.json["error"]) == (403, "not_signed"), path
    assert server.ask("POST", whole).status == 405


def test_links_of_another_key_are_refused_and_the_key_is_shared(tmp_path: Path) -> None:
    reason = Reason("shop", "c", 1, "personal", ["intent:go"], "hi-IN")
    ours = Links(tmp_path / "why.key")
    link = ours.sign(reason)
    assert Links(tmp_path / "why.key").read(link) == reason, "another worker reads it"
    assert (tmp_path / "why.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Exception, match="not ours"):
        Links(tmp_path / "other.key").read(link)


def test_what_a_link_says_is_text(server: Running) -> None:
    link = Links(server.data.why_key).sign(Reason("shop", "<b>c", 1, "personal", ["category:<i>x"], "en"))
    text = get(server, link).body.decode()
    assert "&lt;i&gt;x" in text
    assert "<b>c" not in text


def _gaps(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
