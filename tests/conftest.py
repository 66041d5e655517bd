"""What all tests share: the reason of an unsteady test goes into the report of `make test-all`."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if mark := item.get_closest_marker("unsteady"):
            item.user_properties.append(("unsteady", mark.kwargs["reason"]))
