"""A parsed batch in, an acknowledged journal line out. The tuple below is the whole policy, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from collector.decode import ENCODER, Rejected
from collector.delivery import Delivery, Tools
from collector.errors import JournalError, JournalFull, Reason, Refused
from collector.journal import batch_line
from collector.steps.access import drop_foreign_origin, drop_stranger_history, drop_too_fast, put_site
from collector.steps.consent import drop_denied
from collector.steps.enrich import put_cookieless_id, put_device, put_jurisdiction, put_place

Step = Callable[[Delivery, Tools], None]

PIPELINE: tuple[Step, ...] = (
    put_site,
    drop_foreign_origin,
    drop_stranger_history,
    drop_too_fast,
    drop_denied,
    put_cookieless_id,
    put_device,
    put_place,
    put_jurisdiction,
)


class Told(msgspec.Struct, omit_defaults=True):
    """A rejected event, as its sender is told."""

    index: int
    reason: Reason
    detail: str
    id: str | None = None


class Answer(msgspec.Struct):
    """What the sender is told once the batch is on disk."""

    accepted: int
    rejected: list[Told]


class Receipt(NamedTuple):
    """What is needed of a delivery once its line is on its way: little, for there may be thousands while the
    disk stands still.
    """

    site: str
    received: int
    accepted: int
    rejected: list[Rejected]


async def accept(delivery: Delivery, tools: Tools) -> Answer:
    """Runs all steps and waits for the disk. Raises Refused; then nothing was stored."""
    line, receipt = prepare(delivery, tools)
    del delivery
    try:
        await tools.journal.append(line)
    except JournalError as error:
        raise unstored(error, tools) from error
    return acknowledge(receipt, tools)


def prepare(delivery: Delivery, tools: Tools) -> tuple[bytes, Receipt]:
    """Runs all steps; the journal's line, and what to acknowledge when it is on disk. Raises Refused."""
    for step in PIPELINE:
        step(delivery, tools)
    parsed = delivery.parsed
    receipt = Receipt(delivery.site.name, parsed.received, len(parsed.batch.events), parsed.rejected)
    return _line(delivery), receipt


def unstored(error: JournalError, tools: Tools) -> Refused:
    """The answer when the disk refused."""
    name = "busy" if isinstance(error, JournalFull) else "disk_trouble"
    text = f"nothing was stored ({error}): send the same batch again later"
    return Refused(503, name, text, {"Retry-After": str(tools.config.journal.retry_after_seconds)})


def acknowledge(receipt: Receipt, tools: Tools) -> Answer:
    """Only when the line is on disk."""
    site, counts = receipt.site, tools.counts
    counts.received[site] += receipt.received
    counts.accepted[site] += receipt.accepted
    for rejected in receipt.rejected:
        counts.rejected[site, rejected.reason] += 1
    return Answer(receipt.accepted, [Told(one.i, one.reason, one.detail, one.id) for one in receipt.rejected])


def _line(delivery: Delivery) -> bytes:
    parsed = delivery.parsed
    body = ENCODER.encode(parsed.batch) if delivery.changed else parsed.body
    rejected = ENCODER.encode(parsed.rejected) if parsed.rejected else b""
    meta = ENCODER.encode(delivery.meta)
    return batch_line(delivery.received_us, delivery.site.name, parsed.received, meta, rejected, body)
