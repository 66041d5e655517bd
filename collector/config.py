"""Settings: hetk.toml and HETK_* environment variables in, one checked Config out.

Every limit of the collector stands here, with its unit last. `HETK_LIMITS_BODY_BYTES_MAX=1048576` overrides
`[limits] body_bytes_max` of the file. docs/config.md describes each setting.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

import msgspec
from msgspec import Meta

from collector.errors import ConfigError

Count = Annotated[int, Meta(ge=0, le=2**40)]
Positive = Annotated[int, Meta(ge=1, le=2**40)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class Section(msgspec.Struct, forbid_unknown_fields=True, frozen=True, cache_hash=True):
    """Base of all sections: an unknown setting is an error, not a silent nothing."""


class Limits(Section, frozen=True):
    """What one request may carry."""

    body_bytes_max: Positive = 512 * 1024  # after inflating
    wire_bytes_max: Positive = 512 * 1024  # as sent
    discard_bytes_max: Count = 4 * 1024 * 1024  # read and thrown away so that the sender sees the 413
    discard_seconds_max: Seconds = 2
    batch_events_max: Positive = 500
    event_bytes_max: Positive = 32 * 1024
    depth_max: Annotated[int, Meta(ge=4, le=64)] = 16
    props_max: Positive = 255


class Http(Section, frozen=True):
    """Connections of the public port."""

    body_seconds_max: Seconds = 15  # a slower body is a 408
    keepalive_seconds: Seconds = 75  # also the longest wait for a request's headers
    shutdown_seconds: Seconds = 3
    fast_path: bool = True  # plain POSTs of events without aiohttp's parser: the same answers, faster
    trusted_proxies: tuple[str, ...] = ("127.0.0.0/8", "::1")  # networks whose forwarding headers count


class JournalSettings(Section, frozen=True):
    """The door between collector and warehouse."""

    segment_bytes_max: Annotated[int, Meta(ge=4096, le=2**32)] = 64 * 1024 * 1024
    pending_bytes_max: Positive = 8 * 1024 * 1024  # written but not yet on disk; above it: 503
    retry_after_seconds: Positive = 2
    archive: bool = False  # keep loaded segments, so that the lake can be rebuilt


class Rates(Section, frozen=True):
    """Per worker and second; 0 switches a limit off. A key may do ten times what an address may."""

    address_requests_per_second: Count = 200
    address_events_per_second: Count = 2000
    key_requests_per_second: Count = 2000
    key_events_per_second: Count = 20_000
    exempt_server_keys: bool = True  # a back end speaks for many people
    exempt_loopback: bool = True  # a proxy on this machine that names nobody is not one visitor


class Geo(Section, frozen=True):
    """Where the place of a visitor comes from. Headers count only from http.trusted_proxies."""

    country_headers: tuple[str, ...] = (
        "CF-IPCountry",
        "CloudFront-Viewer-Country",
        "X-Vercel-IP-Country",
        "X-Country-Code",
    )
    mmdb: str = ""  # path of a MaxMind-format database you bring


# Of several that fit, the first is the reason. The last two are found by collector/behaviour.py.
BotReason = Literal[
    "ai_assistant",
    "ai_crawler",
    "headless",
    "library",
    "search_crawler",
    "monitor",
    "preview",
    "seo",
    "crawler",
    "no_user_agent",
    "unknown_agent",
    "impossible_device",
    "impossible_speed",
]


class Bots(Section, frozen=True):
    """What is labelled as a bot. The rows are kept either way; `ev` leaves the labelled ones out."""

    label: bool = True
    accepted: tuple[BotReason, ...] = ()  # reasons that count as people, like ai_assistant
    behaviour: bool = True  # a browser's agent whose batch no person with that browser could have made
    events_per_second_max: Positive = 200  # of one browser, by its own clock


class Device(Section, frozen=True):
    """What /v1/config and the script tell the browser."""

    config_max_age_seconds: Count = 300
    script_max_age_seconds: Count = 3600
    sampling: Annotated[float, Meta(ge=0, le=1)] = 1.0


class IntentWords(Section, frozen=True):
    """Words of your own that say what a search wants; `stem*` and phrases as in docs/intent.md."""

    know: tuple[str, ...] = ()
    go: tuple[str, ...] = ()
    do: tuple[str, ...] = ()
    buy: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class Intent(IntentWords, frozen=True):
    """Words of every site, and those of one site beside them."""

    sites: dict[str, IntentWords] = {}


# Columns of events that may go before their rows do (warehouse/privacy/columns.py).
ColumnGroup = Literal["place", "search", "referrer", "device", "identity", "props"]
Days = Annotated[int, Meta(ge=0, le=36_500)]


class Kept(Section, frozen=True):
    """For how many days something is kept; 0 = for good. A site's own number wins."""

    days: Days = 0
    sites: dict[str, Days] = {}


class Retention(Kept, frozen=True):
    """Whole events, and the groups of their columns that are emptied earlier."""

    groups: dict[ColumnGroup, Kept] = {}


class Sessions(Section, frozen=True):
    """Where a session ends besides half an hour without an event. A site's own answer wins."""

    cut_by_campaign: bool = False  # another campaign that brings the visitor begins a new session
    sites: dict[str, bool] = {}


class Config(Section, frozen=True):
    """All settings. Another part of hetk adds its section here."""

    limits: Limits = Limits()
    http: Http = Http()
    journal: JournalSettings = JournalSettings()
    rates: Rates = Rates()
    geo: Geo = Geo()
    bots: Bots = Bots()
    device: Device = Device()
    intent: Intent = Intent()
    retention: Retention = Retention()
    sessions: Sessions = Sessions()


KEYS = {"retention.groups": ColumnGroup}  # tables whose names are given


class Setting(NamedTuple):
    """One line of `hetk config`: path, value, and where the value comes from."""

    path: str
    value: Any
    origin: str


def load(path: Path, env: Mapping[str, str] | None = None) -> Config:
    """Defaults, then the file (if there is one), then the environment. Raises ConfigError naming the bad
    setting.
    """
    tree = _read_file(path)
    env = os.environ if env is None else env
    _override(tree, env)
    _refuse_misspelt(env)
    try:
        config = msgspec.convert(tree, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"{_dotted(str(error), tree)} (set in {path} or by a HETK_ variable; docs/config.md)"
        ) from None
    _check(config)
    return config


def effective(path: Path, env: Mapping[str, str] | None = None) -> list[Setting]:
    """Each setting with its value and its origin: `default`, the file's path, or the variable's name."""
    env = os.environ if env is None else env
    config, tree = load(path, env), _read_file(path)
    settings = []
    for section in Config.__struct_fields__:
        part = getattr(config, section)
        for name in part.__struct_fields__:
            variable = _variable(section, name)
            in_file = isinstance(tree.get(section), dict) and name in tree[section]
            origin = variable if variable in env else str(path) if in_file else "default"
            value = msgspec.to_builtins(getattr(part, name))
            settings.append(Setting(f"{section}.{name}", value, origin))
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None


def _override(tree: dict[str, Any], env: Mapping[str, str]) -> None:
    """HETK_<SECTION>_<NAME>. Variables of unknown sections are not ours (HETK_DATA ...)."""
    for section in Config.__struct_fields__:
        prefix = f"HETK_{section.upper()}_"
        for variable in sorted(env):
            if not variable.startswith(prefix):
                continue
            name = variable.removeprefix(prefix).lower()
            types = {
                field.name: field.type for field in msgspec.structs.fields(type(getattr(Config(), section)))
            }
            if name not in types:
                near = _alike(f"{section}.{name}", _paths())
                raise ConfigError(
                    f"{variable}: there is no setting {section}.{name}{near}; `hetk config` lists them all"
                )
            part = tree.setdefault(section, {})
            if isinstance(part, dict):
                part[name] = _from_text(variable, env[variable], types[name])


def _from_text(variable: str, text: str, kind: Any) -> Any:
    value: Any = (
        [part.strip() for part in text.split(",") if part.strip()] if get_origin(kind) is tuple else text
    )
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        reason = str(error).partition(" - at ")[0]
        raise ConfigError(f"{variable}={text!r}: {reason}; docs/config.md says what it takes") from None


def _variable(section: str, name: str) -> str:
    return f"HETK_{section}_{name}".upper()


def _dotted(message: str, tree: dict[str, Any]) -> str:
    """msgspec says "... - at `$.limits.depth_max`"; people read "limits.depth_max: ..." more easily."""
    text, place = _parts(message)
    if wrong := re.fullmatch("Invalid enum value (.*) - at `key` in `\\$\\.(.*)`", message):
        return f"{wrong[2]}: there is no {wrong[1]}; it takes {', '.join(get_args(KEYS[wrong[2]]))}"
    path = _with_name(place, tree)
    if unknown := re.fullmatch("Object contains unknown field `(.*)`", text):
        path = f"{path}.{unknown[1]}".strip(".")
        return f"{path}: there is no such setting{_alike(path, _paths())}; `hetk config` lists them all"
    return f"{path}: {text}" if path else text


def _parts(message: str) -> tuple[str, str]:
    """What is wrong, and where."""
    text, _, place = message.partition(" - at ")
    return text, place.strip("`").removeprefix("$.")


def _with_name(place: str, tree: dict[str, Any]) -> str:
    """msgspec hides a name that the user chose, as in retention.sites, as [...]: they are tried singly."""
    before, hidden, after = place.partition("[...]")
    section, _, table = before.partition(".")
    names = tree[section][table] if hidden else {}
    for name, value in names.items():
        try:
            msgspec.convert({section: {table: {name: value}}}, Config)
        except msgspec.ValidationError as error:
            if _parts(str(error))[1] == place:
                return f"{before}.{name}{after}"
    return place


def _paths() -> list[str]:
    return [f"{section}.{name}" for section in Config.__struct_fields__ for name in _names(section)]


def _names(section: str) -> tuple[str, ...]:
    return getattr(Config(), section).__struct_fields__  # type: ignore[no-any-return]


def _alike(wrong: str, known: list[str]) -> str:
    near = get_close_matches(wrong, known, 1, 0.8)
    return f", did you mean {near[0]}?" if near else ""


def _refuse_misspelt(env: Mapping[str, str]) -> None:
    """HETK_LIMIT_DEPTH_MAX would be a silent nothing. What is like none of ours is another's."""
    known = [_variable(*path.split(".")) for path in _paths()]
    for variable in env:
        if variable.startswith("HETK_") and variable not in known and (near := _alike(variable, known)):
            raise ConfigError(f"{variable}: there is no such setting{near}")


def _check(config: Config) -> None:
    for network in config.http.trusted_proxies:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise ConfigError(
                f"http.trusted_proxies: {network!r} is not an address or network like 10.0.0.0/8"
            ) from None
    if config.geo.mmdb and not Path(config.geo.mmdb).is_file():
        raise ConfigError(
            f"geo.mmdb: there is no file {config.geo.mmdb!r}; give the path of a .mmdb database or leave it"
            " empty"
        )
