"""Wrong tries are counted per name and network; nobody is locked out from elsewhere, and right ones are taken back."""

from __future__ import annotations

from warehouse.console import tries
from warehouse.console.tries import NAME_MAX, PAIR_MAX, SOURCE_MAX, SPAN_S, Tries


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_after_so_many_wrong_ones_a_name_waits_there_and_not_elsewhere() -> None:
    clock = Clock()
    counted = Tries(clock)
    assert [counted.count("ana", "a") for _ in range(PAIR_MAX)] == [0] * PAIR_MAX
    assert counted.count("ana", "a") == SPAN_S
    assert counted.count("ana", "b") == 0
    assert counted.count("ben", "a") == 0
    clock.now += SPAN_S - 1
    assert counted.count("ana", "a") == 1
    clock.now += 1
    assert counted.count("ana", "a") == 0


def test_a_network_that_tries_many_names_waits() -> None:
    counted = Tries(Clock())
    assert [counted.count(f"name {n}", "a") for n in range(SOURCE_MAX)] == [0] * SOURCE_MAX
    assert counted.count("another", "a") > 0
    assert counted.count("", "a") > 0


def test_a_name_that_many_networks_try_waits() -> None:
    counted = Tries(Clock())
    assert [counted.count("ana", f"network {n}") for n in range(NAME_MAX)] == [0] * NAME_MAX
    assert counted.count("ana", "yet another") > 0


def test_a_right_one_is_taken_back() -> None:
    counted = Tries(Clock())
    for _ in range(NAME_MAX + SOURCE_MAX):
        assert counted.count("ana", "a") == 0
        counted.forgive("ana", "a")


def test_memory_is_bounded() -> None:
    counted = Tries(Clock())
    for n in range(tries.KEPT_MAX):
        counted.count(f"name {n}", f"network {n}")
    assert len(counted._kept) <= tries.KEPT_MAX
