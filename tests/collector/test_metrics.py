from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from tests.collector.server import Running, batch, event


def test_the_counters_of_all_workers_add_up_to_the_journal(place: Path) -> None:
    running = Running(place)
    running.post(batch(running.key, event(), event(id="x"), event()))
    running.post(batch(running.key, event(id="y")))
    running.post(batch("wk_no"))
    running.post(batch(running.key, event(), ctx={"consent": {"analytics": False}}))
    assert running.stop() == 0

    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(running.data.metrics))  # type: ignore[no-untyped-call]

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    lines = running.lines()
    assert value("hetk_events_received_total", site="shop") == sum(line["n"] for line in lines) == 5
    assert (
        value("hetk_events_accepted_total", site="shop")
        == sum(len(line["b"]["events"]) for line in lines)
        == 2
    )
    assert value("hetk_events_rejected_total", site="shop", reason="bad_id") == 2
    assert value("hetk_events_rejected_total", site="shop", reason="consent_denied") == 1
    assert value("hetk_requests_refused_total", error="unknown_key") == 1
    assert value("hetk_requests_total", door="/v1/events", status="200") == 1
    assert value("hetk_requests_total", door="/v1/events", status="400") == 2
