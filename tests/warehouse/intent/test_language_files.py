"""A newcomer's language file works at once, and every file we ship is well formed."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.warehouse.intent.fit_model import starting_weights
from tests.warehouse.intent.golden import GOLDEN, golden
from warehouse.intent import classify as classify_module
from warehouse.intent import export, language, lexicon
from warehouse.intent.classify import classify
from warehouse.intent.explain import CLUES_FILE
from warehouse.intent.model import model

ROOT = Path(__file__).parents[3]
DOC = (ROOT / "docs" / "intent.md").read_text(encoding="utf-8")
CLUES = tomllib.loads(CLUES_FILE.read_text(encoding="utf-8"))
COMMON_WILL_DO = {
    "brand",
    "city",
    "commodity",
    "differ",
    "food",
    "lodging",
    "model",
    "money",
    "online",
    "spec",
    "transport",
    "versus",
}
FILES = sorted(lexicon.LANG_DIR.glob("*.toml"))


@pytest.fixture
def finnish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example of docs/intent.md, put beside the files we ship."""
    for path in FILES:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    example = next(block for block in re.findall(r"```toml\n(.*?)```", DOC, re.S) if "Suomi" in block)
    (tmp_path / "fi.toml").write_text(example, encoding="utf-8")
    monkeypatch.setattr(lexicon, "LANG_DIR", tmp_path)
    caches = (lexicon.lexicon, language.script_languages, language._evidence, classify_module.hint)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize(
    ("query", "intent"),
    [
        ("mikä on fotosynteesi", "know"),
        ("lähin apteekki", "go"),
        ("miten keitän kahvia", "do"),
        ("halvat talvitakit", "buy"),
        ("puhelin alle 300 euroa", "buy"),
        ("kirjaudu sisään", "none"),
    ],
)
@pytest.mark.usefixtures("finnish")
def test_the_example_of_the_docs_reads_finnish(query: str, intent: str) -> None:
    verdict = classify(query, "fi-FI")
    assert (verdict.intent, verdict.lang) == (intent, "fi")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_each_file_fills_known_clues_and_most_of_them(path: Path) -> None:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    assert raw["clues"].keys() <= CLUES["clue"].keys(), "write the clue into clues.toml, or mend the name"
    if path.stem != "common":
        missing = {clue for clue in CLUES["clue"] if not clue.startswith("site_")} - raw["clues"].keys()
        assert missing <= COMMON_WILL_DO, missing
        assert len(raw["function"].split()) >= 20


def test_model_and_clues_are_in_step() -> None:
    weights = json.loads((CLUES_FILE.with_name("model.json")).read_text(encoding="utf-8"))["weights"]
    assert weights.keys() == starting_weights().keys(), "run tests/warehouse/intent/fit_model.py"
    for name in CLUES["together"]:
        first, plus, second = name.partition(" + ")
        parts = (first, second) if plus else (name.removeprefix("only "),)
        assert all(part in model().single for part in parts), name


def test_the_device_has_the_same_files_and_answers() -> None:
    for name, text in export.files().items():
        built = ROOT / "sdk_js" / "dist" / "lang" / name
        assert built.read_text(encoding="utf-8") == text, (
            "run python -m warehouse.intent.export sdk_js/dist/lang"
        )
    assert GOLDEN.read_text(encoding="utf-8") == golden(), "run python -m tests.warehouse.intent.golden"


def test_the_docs_list_every_clue() -> None:
    for name, clue in {**CLUES["clue"], **CLUES["shape"]}.items():
        if name in CLUES["clue"] and not name.startswith("site_"):
            assert f"| `{name}` | {clue['about']} |" in DOC, name


def test_importing_the_classifier_loads_nothing_heavy() -> None:
    code = (
        "import sys; from warehouse.intent.classify import classify; classify('buy shoes');"
        "print([m for m in ('numpy', 'scipy', 'sklearn', 'duckdb', 'py3langid') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_words_that_name_no_topic_are_those_of_the_language_files() -> None:
    kept = export.TOPIC_WORDS_FILE.read_text(encoding="utf-8")
    assert kept == export.topic_words(), "run python -m warehouse.intent.export sdk_js/dist/lang"
    words = set(json.loads(kept)["words"])
    assert {"cheap", "buy", "comprar", "kaufen", "osta", "kahan", "the"} <= words
    assert not {"shoes", "schuhe", "kingad", "जूते"} & words
