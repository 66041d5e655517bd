"""A server that is not there: said at once, not after the five minutes that a restart may take."""

import asyncio

import pytest
from click import ClickException

from tests.e2e.server import free_ports
from warehouse.replay import sender
from warehouse.replay.batches import Batch
from warehouse.replay.mapping import BATCH_TEXTS
from warehouse.replay.sender import Sender, Tally


class Server:
    """Takes connections: answers the first `answers` of them, then listens no more, or closes each unheard."""

    def __init__(self, answers: int) -> None:
        self._answers = answers

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._answers:
            await reader.readuntil(b"\r\n\r\n")
            body = b'{"accepted": 1, "rejected": []}'
            writer.write(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            await writer.drain()
            self._answers -= 1
            if not self._answers:
                self._server.close()
        writer.close()


def batches(count: int) -> list[Batch]:
    return [Batch((None,) * len(BATCH_TEXTS), n, [b"{}"]) for n in range(count)]


def test_a_port_that_nobody_listens_on_ends_it_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "REFUSED_S", 0.2)
    [port] = free_ports(1)
    run = Sender(f"http://127.0.0.1:{port}", "sk_x", Tally())
    with pytest.raises(ClickException, match=rf"nobody listens there: .*:{port}/.*hetk serve.*--to"):
        asyncio.run(run.run(batches(1), lambda _: None, lambda _: None))


def test_a_server_that_goes_away_later_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "REFUSED_S", 0.0)
    monkeypatch.setattr(sender, "PATIENCE_S", 0.5)
    monkeypatch.setattr(sender, "IN_FLIGHT_MAX", 1)
    tally = Tally()

    async def send() -> None:
        async with Server(answers=1) as url:
            await Sender(url, "sk_x", tally).run(batches(2), lambda _: None, lambda _: None)

    with pytest.raises(ClickException, match="run the same command again: it resumes"):
        asyncio.run(send())
    assert tally.accepted == 1
    assert tally.retries >= 1


def test_silence_is_told_at_once_and_ends_with_the_next_step(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sender, "PATIENCE_S", 0.3)

    async def send() -> None:
        async with Server(answers=0) as url:
            await Sender(url, "sk_x", Tally()).run(batches(1), lambda _: None, lambda _: None)

    with pytest.raises(ClickException, match=r"no answer from .* run the same command again: it resumes"):
        asyncio.run(send())
    told = capsys.readouterr().err
    assert told.count("no answer from") == 1
    assert "trying again for 0.3 s" in told
