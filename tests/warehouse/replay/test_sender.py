"""A server that is not there: said at once, not after the five minutes that a restart may take."""

import asyncio

import pytest
from click import ClickException

from tests.e2e.server import free_ports
from warehouse.replay import sender
from warehouse.replay.batches import Batch
from warehouse.replay.mapping import BATCH_TEXTS
from warehouse.replay.sender import Sender, Tally


def test_silence_is_told_at_once_and_ends_with_the_next_step(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sender, "PATIENCE_S", 0.3)
    [port] = free_ports(1)
    run = Sender(f"http://127.0.0.1:{port}", "sk_x", Tally())
    with pytest.raises(ClickException, match=r"no answer from .* run the same command again: it resumes"):
        asyncio.run(run.run([Batch((None,) * len(BATCH_TEXTS), 0, [b"{}"])], lambda _: None, lambda _: None))
    told = capsys.readouterr().err
    assert told.count("no answer from") == 1
    assert "trying again for 0.3 s" in told
