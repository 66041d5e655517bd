"""The three roles, each with what the one before it may, and more."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["viewer", "analyst", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
SAID: dict[Role, str] = {
    "viewer": "figures, without the ids of visitors",
    "analyst": "every figure, every visit, SQL",
    "admin": "everything, and the say who else may see it",
}


def may(role: Role, least: Role) -> bool:
    """Whether `role` is enough where `least` is asked for."""
    return ROLES.index(role) >= ROLES.index(least)


def lesser(one: Role, other: Role) -> Role:
    """What a token of `one` may for a person who is `other`."""
    return min(one, other, key=ROLES.index)
