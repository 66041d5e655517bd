"""What a person did not allow does not go on. The table of docs/protocol.md, as far as the collector can hold
it.
"""

from __future__ import annotations

from collector.decode import Rejected
from collector.delivery import Delivery, Tools
from collector.errors import Reason

CONSENT_CHANGED = "consent_changed"
DENIED = "the person denied analytics: send only consent_changed"


def drop_denied(delivery: Delivery, tools: Tools) -> None:
    """analytics = false: only consent_changed stays, and that without any id. The others leave no trace of
    their contents.
    """
    consent = delivery.batch.ctx.consent
    if consent is None or consent.analytics is not False or delivery.kind != "write":
        return
    dropped = {rejected.i for rejected in delivery.parsed.rejected}
    indexes = [index for index in range(delivery.parsed.received) if index not in dropped]
    kept = []
    for index, event in zip(indexes, delivery.batch.events, strict=True):
        if event.event == CONSENT_CHANGED:
            event.visitor = event.user = event.session = None
            kept.append(event)
        else:
            delivery.parsed.rejected.append(Rejected(index, Reason.CONSENT_DENIED, DENIED, str(event.id)))
    for rejected in delivery.parsed.rejected:
        rejected.raw = None
    delivery.batch.events = kept
    context = delivery.batch.ctx
    context.visitor = context.user = context.session = None
    delivery.changed = True
