"""The figures of a data directory while files of it come and go."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from collector.datadir import DataDir
from warehouse.figures import exposition
from warehouse.ingest import State

ROUNDS = 30


def test_pages_are_made_while_files_of_the_lake_are_removed(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    for folder in (data.metrics, data.journal, data.lake):
        folder.mkdir(parents=True)
    done = threading.Event()
    rounds = 0

    def come_and_go() -> None:
        nonlocal rounds
        while not done.is_set():
            for day in (data.lake / str(number) for number in range(5)):
                day.mkdir()
                for number in range(20):
                    (day / f"{number}.parquet").write_bytes(b"x")
            for day in data.lake.iterdir():
                shutil.rmtree(day)
            rounds += 1

    changing = threading.Thread(target=come_and_go)
    changing.start()
    try:
        while rounds < ROUNDS:
            assert changing.is_alive()
            page = exposition(data, State()).decode()
            families = {family.name: family for family in text_string_to_metric_families(page)}
            assert 0 <= families["hetk_lake_bytes"].samples[0].value <= 100
    finally:
        done.set()
        changing.join()
