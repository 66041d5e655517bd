"""How well queries are read, per language; printed with -s or -rP."""

import random

import pytest

from tests.warehouse.intent.score import (
    HERE,
    SHARED,
    Answer,
    answers,
    by_language,
    calibration_error,
    macro_f1,
    table,
    upper_end,
)
from warehouse.intent.classify import classify

SETS = {
    "tuning": HERE / "queries_tuning.tsv",
    "check": HERE / "queries_check.tsv",
    "locked": HERE / "queries_locked.tsv",
    "further": HERE / "queries_further.tsv",
    "shared": SHARED / "intent_queries_dev.tsv",
    "other hand": HERE / "queries_other_hand.tsv",
    # How people speak to a search box in Japanese, Bengali, Estonian and Indonesian: at first sight 0.72
    "colloquial": HERE / "queries_colloquial.tsv",
    # Ordinary, hard and nasty ones (typos, mixed languages), without a look at the lists: at first sight 0.91
    "kinds": HERE / "queries_kinds.tsv",
}
# all, each language, hard ones: what is asked of queries by another hand, never looked at while tuning
ASKED = {"other hand": (0.85, 0.75, 0.70), "colloquial": (0.85, 0.75, 0.80)}
KEPT = (0.95, 0.88, 0.88)


@pytest.fixture(params=SETS)
def given(request: pytest.FixtureRequest) -> list[Answer]:
    path = SETS[request.param]
    if not path.exists():
        pytest.skip(f"{path} is not here: set HETK_TEST_DATA to the folder with the shared data")
    found = answers(path)
    print(f"\n{request.param}: {path.name}\n{table(found)}")
    return found


def test_scores_hold_their_floors(given: list[Answer], request: pytest.FixtureRequest) -> None:
    over_all, each, of_hard = ASKED.get(request.node.callspec.params["given"], KEPT)
    assert macro_f1(given) >= over_all
    for lang, some in by_language(given).items():
        assert macro_f1(some) >= each, lang
    hard = [a for a in given if a.hard]
    assert not hard or macro_f1(hard) >= of_hard


def test_confidence_means_what_it_says(given: list[Answer]) -> None:
    assert calibration_error(given) <= 0.08


def test_no_language_is_read_much_worse_than_the_others(given: list[Answer]) -> None:
    mean = sum(a.right for a in given) / len(given)
    worst = {lang: upper_end(some) for lang, some in by_language(given).items()}
    assert min(worst.values()) >= mean - 0.10, worst


@pytest.mark.parametrize("name", SETS)
def test_languages_are_told(name: str) -> None:
    """Without a hint few are told wrong and names are unknown; on a page of the language all are right."""
    if not SETS[name].exists():
        pytest.skip(f"{SETS[name]} is not here: set HETK_TEST_DATA to the folder with the shared data")
    rows = [line.split("\t") for line in SETS[name].read_text("utf-8").splitlines()[1:]]
    alone = sum(classify(row[1]).lang not in (row[0], "und") for row in rows) / len(rows)
    on_page = sum(classify(row[1], row[0].split("-")[0]).lang not in (row[0], "und") for row in rows)
    print(f"\n{name}: wrong language {alone:.3f}, on a page of it {on_page / len(rows):.3f}")
    assert alone <= 0.06
    assert on_page <= 0.01 * len(rows)


def test_one_slip_of_the_finger_costs_little() -> None:
    """In one word of each query, whatever the script; Japanese has few words of four letters of one kind."""
    for name in ("check", "further", "other hand"):
        clean, slip = answers(SETS[name]), answers(SETS[name], random.Random(7))
        lost = {
            lang: (sum(a.right for a in some) - sum(a.right for a in by_language(slip)[lang])) / len(some)
            for lang, some in by_language(clean).items()
        }
        over_all = (sum(a.right for a in clean) - sum(a.right for a in slip)) / len(clean)
        print(f"\n{name}: {over_all:.3f} of all lost, { ({k: round(v, 2) for k, v in lost.items()}) }")
        assert over_all <= 0.08


def test_a_language_that_is_guessed_fails_the_fairness_rule() -> None:
    fair = [Answer("en", "buy", "buy", 0.9, False)] * 20
    guessed = [Answer("xx", "buy", "buy" if i % 2 else "go", 0.9, False) for i in range(20)]
    mean = sum(a.right for a in fair + guessed) / 40
    assert upper_end(guessed) < mean - 0.05
    assert macro_f1(guessed) < 0.75
