"""Sites, keys and the script tag from the command line."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from collector.scripts import built_files
from tests.e2e.server import hetk


@pytest.fixture
def data(tmp_path: Path) -> Path:
    hetk("site", "add", "shop", "--origin", "https://Shop.example/", "--data", tmp_path)
    return tmp_path


def test_add_prints_only_the_write_key(tmp_path: Path) -> None:
    assert re.fullmatch(r"wk_\S+\n", hetk("site", "add", "shop", "--data", tmp_path).stdout)


def test_data_directory_comes_from_the_environment_too(tmp_path: Path) -> None:
    from tests.e2e.server import environment

    hetk("site", "add", "here", env=environment(HETK_DATA=str(tmp_path)))
    assert "here" in hetk("site", "list", "--data", tmp_path).stdout


@pytest.mark.parametrize("flag", [["--json"], ["--format", "json"]])
def test_list_as_json(data: Path, flag: list[str]) -> None:
    [site] = json.loads(hetk("site", "list", *flag, "--data", data).stdout)
    assert site["name"] == "shop"
    assert site["origins"] == ["https://shop.example"]
    assert site["server_key"] is False


def test_keys_are_made_kept_rotated_and_revoked(data: Path) -> None:
    def key(*options: str) -> str:
        return hetk("site", "key", "shop", *options, "--data", data).stdout.strip()

    first = key("--server")
    assert first.startswith("sk_")
    assert key("--server") == first
    rotated = key("--server", "--rotate")
    assert rotated != first
    assert key("--server") == rotated
    assert key("--server", "--revoke") == ""
    assert key("--server") not in (first, rotated)


def test_origins_are_added_and_removed(data: Path) -> None:
    def origins(*arguments: str) -> list[str]:
        return hetk("site", "origin", "shop", *arguments, "--data", data).stdout.splitlines()

    assert origins("https://www.shop.example/") == ["https://shop.example", "https://www.shop.example"]
    assert origins("https://shop.example", "--remove") == ["https://www.shop.example"]
    assert origins("https://www.shop.example", "--remove") == ["every origin"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "collect.example", "https://", "http://a b", ""])
def test_a_tag_points_to_a_web_address(data: Path, url: str) -> None:
    done = hetk("snippet", "shop", "--url", url, "--data", data, check=False)
    assert done.returncode == 2
    assert "--url wants an address such as https://collect.example" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "shop"], "exists already"),
        (["add", "No Such"], "cannot be a site's name"),
        (["add", "other", "--origin", "shop.example"], "not an origin"),
        (["key", "nope", "--server"], "there is no site"),
        (["origin", "nope", "https://a.example"], "there is no site"),
        (["origin", "shop", "a.example"], "not an origin"),
        (["origin", "shop", "https://a.example", "--remove"], "they are: https://shop.example"),
    ],
)
def test_errors_name_the_next_step(data: Path, arguments: list[str], says: str) -> None:
    done = hetk("site", *arguments, "--data", data, check=False)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_snippet_has_the_hashed_address_and_the_checksum_of_what_is_served(data: Path) -> None:
    tag = hetk("snippet", "shop", "--url", "https://collect.example/", "--data", data).stdout.strip()
    [script] = [path.read_bytes() for path in built_files() if path.name == "hetk.js"]
    sha = base64.b64encode(hashlib.sha384(script).digest()).decode()
    key = hetk("site", "key", "shop", "--write", "--data", data).stdout.strip()
    assert re.fullmatch(
        r'<script async src="https://collect\.example/hetk-[0-9a-f]{12}\.js" .*></script>', tag
    )
    assert f'integrity="sha384-{sha}"' in tag
    assert f'data-key="{key}"' in tag
    assert " crossorigin" in tag
    assert "data-consent" not in tag


def test_the_tag_of_a_site_that_asks_first_holds_what_happens_until_the_answer(tmp_path: Path) -> None:
    hetk("site", "add", "clinic", "--consent", "opt_in", "--data", tmp_path)
    tag = hetk("snippet", "clinic", "--data", tmp_path).stdout.strip()
    assert tag.endswith(' crossorigin data-consent="opt-in"></script>')


def test_snippet_of_an_unknown_site_says_how_to_add_it(data: Path) -> None:
    done = hetk("snippet", "nope", "--data", data, check=False)
    assert done.returncode == 1
    assert "hetk site add nope" in done.stderr


def test_both_kinds_of_key_at_once_is_wrong_usage(tmp_path: Path) -> None:
    hetk("site", "add", "shop", "--data", tmp_path)
    done = hetk("site", "key", "shop", "--server", "--write", "--data", tmp_path, check=False)
    assert done.returncode == 2
    assert "one of --server and --write" in done.stderr
