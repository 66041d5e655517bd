"""`hetk intent` explains a query and reads files, without a data directory."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from warehouse.cli import main


def hetk_intent(*args: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["intent", *args], input=given)


def test_explains_word_by_word() -> None:
    result = hetk_intent("shoes kahan milega")
    assert result.exit_code == 0
    assert result.output.startswith("go ")
    assert "kahan milega" in result.output
    assert "a thing shops sell" in result.output


def test_one_query_as_json_carries_everything() -> None:
    row = json.loads(hetk_intent("kuidas", "siduda", "lipsu", "--json").output)
    assert row["intent"] == "do"
    assert row["lang"] == "et"
    assert row["norm"] == "kuidas siduda lipsu"
    assert ["kuidas", "howto"] in row["evidence"]


@pytest.mark.parametrize("form", [["--json"], ["--format", "json"]])
def test_a_file_gives_one_json_line_per_row_in_order(tmp_path: Path, form: list[str]) -> None:
    path = tmp_path / "q.tsv"
    rows = ["buy shoes", 'say "hi"', "", "a,b", "x" * 10_240, "\x00\ud83d".replace("\ud83d", "🙂"), "hallo"]
    path.write_text("lang\tquery\n" + "".join(f"en\t{row}\n" for row in rows) + "en\n", encoding="utf-8")
    result = hetk_intent("--file", str(path), *form)
    assert result.exit_code == 0, result.output
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert [set(a) for a in answers] == [{"query", "intent", "confidence", "lang"}] * (len(rows) + 1)
    assert [a["query"] for a in answers[:5]] == rows[:5]
    assert answers[0]["intent"] == "buy"
    assert answers[-1]["intent"] == "none"


def test_bytes_that_are_no_utf8_are_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "q.tsv"
    path.write_bytes(b"query\r\nbuy shoes \xff\xfe\r\nhello\r\n")
    lines = hetk_intent("--file", str(path), "--json").output.splitlines()
    assert [json.loads(line)["intent"] for line in lines] == ["buy", "none"]


def test_csv_with_quotes(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text('n,query\n1,"shoes, cheap"\n2,hello\n', encoding="utf-8")
    lines = hetk_intent("--file", str(path), "--json").output.splitlines()
    assert [json.loads(line)["query"] for line in lines] == ["shoes, cheap", "hello"]


def test_standard_input() -> None:
    result = hetk_intent("--file", "-", "--json", given="query\ncheap flights\n")
    assert json.loads(result.output)["intent"] == "buy"


def test_a_word_of_ones_own() -> None:
    row = json.loads(hetk_intent("kevadkampaania", "--word", "buy=kevadkampaania", "--json").output)
    assert row["intent"] == "buy"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], "--file FILE"),
        (["x", "--word", "sell=x"], "INTENT=WORD"),
        (["--file", "/nowhere.tsv"], "does not exist"),
    ],
)
def test_wrong_usage_says_what_to_do(args: list[str], says: str) -> None:
    result = hetk_intent(*args)
    assert result.exit_code == 2
    assert says in result.output


def test_a_file_without_the_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.tsv"
    path.write_text("lang\ttext\nen\tx\n")
    result = hetk_intent("--file", str(path))
    assert result.exit_code == 1
    assert "no column `query`" in result.output
    assert "lang, text" in result.output


def test_fit_is_that_of_moments_and_free_text_stays() -> None:
    helped = CliRunner().invoke(main, ["intent", "fit", "--help"])
    assert "Fit weights, half-life, thresholds" in helped.output
    assert "SITE" in CliRunner().invoke(main, ["intent", "fit"]).output
    assert (
        json.loads(CliRunner().invoke(main, ["intent", "fit check", "--json"]).output)["query"] == "fit check"
    )
