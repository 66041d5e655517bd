"""`hetk doctor` says what is wrong and how to fix it; `hetk config` where each setting comes from."""

import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from collector import sites
from tests.e2e.server import ROOT, environment, hetk


def checks(data: Path, **more: Any) -> dict[str, dict[str, str]]:
    found = json.loads(hetk("doctor", "--json", "--data", data, check=False, **more).stdout)
    assert all(check["fix"] for check in found if check["verdict"] != "ok")
    return {check["name"]: check for check in found}


def test_all_is_well_here(tmp_path: Path) -> None:
    found = checks(tmp_path / "new")
    for name in (
        "python",
        "sqlite",
        "duckdb",
        "extensions",
        "collector",
        "warehouse",
        "data",
        "settings",
        "sites",
        "accounts",
        "lake",
        "disk",
        "clock",
        "script",
    ):
        assert found[name]["verdict"] == "ok", found[name]
    assert "ducklake" in found["extensions"]["found"]
    assert not (tmp_path / "new").exists()


def test_a_directory_open_to_others_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    check = checks(tmp_path)["data"]
    assert check["verdict"] == "fail"
    assert "chmod 700" in check["fix"]
    assert hetk("doctor", "--data", tmp_path, check=False).returncode == 1


def test_a_bad_setting_and_damaged_sites_and_accounts_are_found(tmp_path: Path) -> None:
    (tmp_path / "hetk.toml").write_text("[limits]\ndepth_max = 'deep'\n")
    (tmp_path / "sites.json").write_text("{")
    accounts = tmp_path / "console" / "people.sqlite"
    accounts.parent.mkdir()
    accounts.write_bytes(b"no database" * 1000)
    found = checks(tmp_path)
    assert "limits.depth_max" in found["settings"]["found"]
    assert found["sites"]["verdict"] == "fail"
    assert (found["accounts"]["verdict"], str(accounts) in found["accounts"]["found"]) == ("fail", True)
    assert "hetk user link" in found["accounts"]["fix"]


def test_a_plan_that_cannot_be_read_or_is_nobodys_is_found(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    sites.add_site(tmp_path / "sites.json", "shop", [])
    plan = tmp_path / "plans" / "shop.toml"
    plan.write_text("[events.search.props]\nquery = 'text'\n")
    found = checks(tmp_path)["plan"]
    assert found["verdict"] == "fail"
    assert "events.search.props.query: Invalid enum value 'text'; it takes string" in found["found"]
    plan.write_text("[events.search.props]\nquery = 'string'\n")
    assert checks(tmp_path)["plan"]["found"] == "shop.toml: 1 events, mode observe"
    plan.rename(plan.with_name("shpo.toml"))
    found = checks(tmp_path)["plan"]
    assert (found["verdict"], "no site 'shpo'" in found["found"]) == ("warn", True)


@pytest.mark.long
def test_a_lake_is_opened_and_its_files_are_looked_for(lake: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(lake, copy)
    assert checks(copy)["lake"]["verdict"] == "ok"
    next((copy / "lake" / "main" / "events").rglob("*.parquet")).unlink()
    check = checks(copy)["lake"]
    assert check["verdict"] == "fail"
    assert "missing" in check["found"]
    (copy / "lake.sqlite").write_bytes(b"no catalog")
    assert "damaged" in checks(copy)["lake"]["found"]


def test_a_package_that_hides_ours_is_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "collector", tmp_path / "collector")
    check = checks(tmp_path / "data", env=environment(PYTHONPATH=f"{tmp_path}:{ROOT}"), cwd=tmp_path)[
        "collector"
    ]
    assert check["verdict"] == "fail"
    assert str(tmp_path) in check["found"]


def test_a_port_in_use_is_a_warning(tmp_path: Path) -> None:
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", 8080))
        except OSError:
            pytest.skip("port 8080 is in use already: the warning cannot be told from it")
        taken.listen()
        check = checks(tmp_path / "new")["port 8080"]
    assert check["verdict"] == "warn"
    assert "--port" in check["fix"]


def test_config_tells_each_settings_origin(tmp_path: Path) -> None:
    (tmp_path / "hetk.toml").write_text("[limits]\ndepth_max = 12\n")
    env = environment(HETK_LIMITS_BATCH_EVENTS_MAX="100")
    found = json.loads(hetk("config", "--json", "--data", tmp_path, env=env).stdout)
    origins = {one["path"]: (one["value"], one["origin"]) for one in found}
    assert origins["limits.depth_max"] == (12, str(tmp_path / "hetk.toml"))
    assert origins["limits.batch_events_max"] == (100, "HETK_LIMITS_BATCH_EVENTS_MAX")
    assert origins["limits.body_bytes_max"] == (524288, "default")


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "hetk.toml").write_text("[limits]\ndepth_max = 'deep'\n")
    done = hetk("config", "--data", tmp_path, check=False)
    assert done.returncode == 1
    assert "limits.depth_max" in done.stderr
