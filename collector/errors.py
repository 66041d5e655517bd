"""Everything that can go wrong in the collector, as one tree, and the closed list of reasons an event is
rejected for.

HetkError
├── ConfigError      a setting is wrong; the text names its path
├── SitesError       a site or key does not exist, or its name is taken
├── JournalError     nothing was stored; the sender must retry
│   └── JournalFull  too many bytes wait for the disk
└── Refused          a request is answered with an error; carries the HTTP status and what to do next
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class HetkError(Exception):
    """Base of all errors hetk raises on purpose."""


class ConfigError(HetkError):
    """A setting is wrong; the text names its path and what is allowed."""


class SitesError(HetkError):
    """A site or key cannot be found, made or changed; the text says what to do."""


class JournalError(HetkError):
    """The disk refused; nothing of this batch was acknowledged."""


class JournalFull(JournalError):
    """The bytes that wait for the disk have reached `journal.pending_bytes_max`."""


class Refused(HetkError):
    """A request that is answered with an error. `error` is a short stable name, `detail` names the field and
    the fix.
    """

    def __init__(
        self, status: int, error: str, detail: str, headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.error = error
        self.detail = detail
        self.headers = headers


class Reason(StrEnum):
    """Why one event of an otherwise readable batch was rejected."""

    BAD_EVENT = "bad_event"  # a field is missing or has the wrong type
    BAD_ID = "bad_id"
    EVENT_TOO_LARGE = "event_too_large"
    TOO_DEEP = "too_deep"
    TOO_MANY_PROPS = "too_many_props"
    CONSENT_DENIED = "consent_denied"
