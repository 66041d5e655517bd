from __future__ import annotations

from pathlib import Path

import pytest

from collector.config import Config, effective, load
from collector.errors import ConfigError

ROOT = Path(__file__).parents[2]


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "hetk.toml"
    path.write_text("[limits]\ndepth_max = 8\nprops_max = 9\n[journal]\narchive = true\n")
    env = {"HETK_LIMITS_PROPS_MAX": "10", "HETK_HTTP_TRUSTED_PROXIES": "10.0.0.0/8, ::1", "HETK_DATA": "x"}
    config = load(path, env)
    assert (config.limits.depth_max, config.limits.props_max, config.journal.archive) == (8, 10, True)
    assert config.http.trusted_proxies == ("10.0.0.0/8", "::1")
    origins = {setting.path: setting.origin for setting in effective(path, env)}
    assert origins["limits.depth_max"] == str(path)
    assert origins["limits.props_max"] == "HETK_LIMITS_PROPS_MAX"
    assert origins["limits.body_bytes_max"] == "default"
    assert {setting.path: setting.value for setting in effective(path, env)}["limits.props_max"] == 10


@pytest.mark.parametrize(
    ("text", "env", "says"),
    [
        ("[limits]\ndepth_max = 1\n", {}, r"limits\.depth_max: .*>= 4"),
        ("[limits]\ndepth_max = 'x'\n", {}, r"limits\.depth_max: Expected `int`"),
        ("[limits]\nnothing = 1\n", {}, r"limits\.nothing: there is no such setting"),
        ("[nothing]\n", {}, "nothing: there is no such setting"),
        ("limits = 3\n", {}, "limits: Expected `object`"),
        ("[limits\n", {}, "is not TOML"),
        ("", {"HETK_LIMITS_DEPTH_MAX": "many"}, "HETK_LIMITS_DEPTH_MAX='many'"),
        ("", {"HETK_LIMITS_DEPTHS": "1"}, r"HETK_LIMITS_DEPTHS: there is no setting limits\.depths"),
        ("[http]\ntrusted_proxies = ['me']\n", {}, r"http\.trusted_proxies: 'me'"),
        ("[limits]\ndepth_maxx = 8\n", {}, r"limits\.depth_maxx: .*did you mean limits\.depth_max\?"),
        ("[limits]\nbody_bytes_max = -1\n", {}, r"limits\.body_bytes_max: .*>= 1"),
        ("[limits]\nbody_bytes_max = 1.5\n", {}, r"limits\.body_bytes_max: .*got `float`"),
        ("[limits]\nbody_bytes_max = true\n", {}, r"limits\.body_bytes_max: .*got `bool`"),
        ("[limits]\nbody_bytes_max = 99999999999999999999\n", {}, r"limits\.body_bytes_max: .*<="),
        ("[limits]\ndepth_max = 8\ndepth_max = 9\n", {}, "is not TOML: .*line 3"),
        ("[[limits]]\n", {}, "limits: Expected `object`, got `array`"),
        ("[http]\nfast_path = 'yes'\n", {}, r"http\.fast_path: Expected `bool`"),
        ("[http]\ntrusted_proxies = '10.0.0.0/8'\n", {}, r"http\.trusted_proxies: Expected `array`"),
        ("[http]\ntrusted_proxies = [1]\n", {}, r"http\.trusted_proxies\[0\]: Expected `str`"),
        ("[http]\nkeepalive_seconds = 0\n", {}, r"http\.keepalive_seconds: .*> 0"),
        ("[http]\nkeepalive_seconds = inf\n", {}, r"http\.keepalive_seconds: .*<= 86400"),
        ("[journal]\nsegment_bytes_max = 1\n", {}, r"journal\.segment_bytes_max: .*>= 4096"),
        ("[journal]\narchive = 1\n", {}, r"journal\.archive: Expected `bool`"),
        ("[rates]\nkey_requests_per_second = -5\n", {}, r"rates\.key_requests_per_second: .*>= 0"),
        ("[device]\nsampling = 2\n", {}, r"device\.sampling: .*<= 1"),
        ("[device]\nsampling = nan\n", {}, r"device\.sampling: "),
        ("[bots]\naccepted = ['robots']\n", {}, r"bots\.accepted\[0\]: Invalid enum value 'robots'"),
        ("", {"HETK_BOTS_ACCEPTED": "x,y"}, "HETK_BOTS_ACCEPTED='x,y': Invalid enum value 'x'"),
        ("", {"HETK_HTTP_FAST_PATH": "maybe"}, "HETK_HTTP_FAST_PATH='maybe': Expected `bool`"),
        ("", {"HETK_LIMITS_DEPTH_MAX": ""}, "HETK_LIMITS_DEPTH_MAX='': Expected `int`"),
        ("", {"HETK_LIMIT_DEPTH_MAX": "8"}, "HETK_LIMIT_DEPTH_MAX: .*did you mean HETK_LIMITS_DEPTH_MAX"),
        ("[geo]\nmmdb = '/no/such.mmdb'\n", {}, r"geo\.mmdb: there is no file"),
        ("[retention.sites]\nshop = 30\nblog = -1\n", {}, r"retention\.sites\.blog: .*>= 0"),
        (
            "[retention.groups.plac]\ndays = 3\n",
            {},
            r"retention\.groups: there is no 'plac'; it takes place, search",
        ),
        ("[retention.groups.place]\ndays = -3\n", {}, r"retention\.groups\.place\.days: .*>= 0"),
        ("[intent.sites.shop]\nknow = 'a'\n", {}, r"intent\.sites\.shop\.know: Expected `array`"),
    ],
)
def test_an_error_names_the_bad_setting(tmp_path: Path, text: str, env: dict[str, str], says: str) -> None:
    path = tmp_path / "hetk.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=says):
        load(path, env)


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "config.md").read_text()
    missing = [setting.path for setting in effective(Path("none"), {}) if f"`{setting.path}`" not in page]
    assert missing == []
    assert load(Path("none"), {}) == Config()
