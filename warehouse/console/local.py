"""Addresses and Host headers in; whether they are this machine's alone out."""

from __future__ import annotations

import re
from ipaddress import ip_address

LOCAL_HOST = re.compile(r"^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$")


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_local(host: str) -> bool:
    """Whether a Host header names this machine, by a name that nobody else can point at it."""
    return LOCAL_HOST.match(host) is not None
