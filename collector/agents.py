"""A user agent string in; device, system, browser and the reason it is a bot out. The string itself goes
nowhere.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ua_parser import Parser
from ua_parser.loaders import load_builtins
from ua_parser.regex import Resolver

from collector.bots import APPS, bot_matcher

CACHE_AGENTS = 8192
AGENT_CHARACTERS_MAX = 1024  # no honest agent is longer, and the patterns' time grows with it

_TV = re.compile(
    r"\b(?:Smart-?TV|Apple ?TV|Google ?TV|Android TV|Hbb?TV|BRAVIA|Roku|Web0S|webOS\.TV|NetCast|AFT[A-Z]\w*"
    r"|CrKey|Chromecast|Tizen.*\bTV|VIDAA|MiBOX|MiTV|SHIELD Android|Viera|TV Safari|GoogleTV|LGE?; ?webOSTV)",
    re.IGNORECASE,
)
_CONSOLE = re.compile(r"\b(?:PlayStation|Xbox|Nintendo|SteamDeck|Valve Steam)\b")
_WEARABLE = re.compile(
    r"\b(?:Watch OS|watchOS|Apple ?Watch|SM-R\d{3}|Wear OS"
    r"|OculusBrowser|Quest \d|Quest Pro|VisionOS|Apple Vision|Pico \d)"
)
_TABLET = re.compile(
    r"\b(?:iPad|Tablet|PlayBook|Silk(?!.*\bMobile\b)|Kindle|KF[A-Z]{3,5}|Nexus (?:7|9|10)|SM-[TXP]\d{3}"
    r"|Lenovo TB|MediaPad|MatePad)\b"
)
_PHONE = re.compile(
    r"\b(?:Mobi|Mobile|iPhone|iPod|iOS|Windows Phone|Opera Mini|BlackBerry|KAIOS|MIDP|MAUI|WAP)",
    re.IGNORECASE,
)
_DESKTOP = re.compile(r"\b(?:Windows|Macintosh|X11|CrOS|Linux|FreeBSD|OpenBSD|NetBSD)")
_KINDS = (
    ("tv", _TV),
    ("console", _CONSOLE),
    ("wearable", _WEARABLE),
    ("tablet", _TABLET),
    ("mobile", _PHONE),
)
_VARIANT = re.compile(r" (?:Mobile WebView|Mobile iOS|Mobile|iOS|WebView)$")


class Agent(NamedTuple):
    """What is kept of a user agent: families, never the string."""

    device: str | None
    os: str | None
    browser: str | None
    bot: str | None


class Agents:
    """Reads user agents, with a cache in front: a site's visitors share few of them."""

    def __init__(self) -> None:
        names = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
        self._browsers, self._systems, self._marks = names["browsers"], names["systems"], names["marks"]
        self._mark = re.compile("|".join(map(re.escape, self._marks)))
        self._parse = Parser(Resolver(load_builtins())).parse
        self._bot = bot_matcher()
        self.read: Callable[[str], Agent] = lru_cache(CACHE_AGENTS)(self._read)

    def _read(self, text: str) -> Agent:
        # Bytes that are not UTF-8 come out of aiohttp as lone surrogates, which nothing else takes.
        text = text[:AGENT_CHARACTERS_MAX].encode("utf-8", "replace").decode()
        device = device_type(text)
        # Browsers always name their system; what does not was made by hand or by a program.
        bot = self._bot(text) or ("unknown_agent" if device is None else None)
        parsed = self._parse(text)
        system = parsed.os.family if parsed.os else None
        browser = parsed.user_agent.family if parsed.user_agent else None
        return Agent(device, system and self._systems.get(system, system), self._browser(text, browser), bot)

    def _browser(self, text: str, family: str | None) -> str | None:
        if mark := self._mark.search(text):
            return str(self._marks[mark[0]])
        return family and self._browsers.get(family, _VARIANT.sub("", family))


def device_type(text: str) -> str | None:
    """desktop, mobile, tablet, tv, console or wearable (watches and glasses); None when it does not say."""
    for kind, pattern in _KINDS:
        if pattern.search(text):
            return kind
    if "Android" in text:
        return "tablet"  # phones say "Mobile"
    if APPS.search(text):
        return "mobile"
    return "desktop" if _DESKTOP.search(text) else None
