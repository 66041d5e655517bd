"""What to show at a place: rules, the moment and what was shown before in, a decision with its reasons out.

Pure: no clock, no random, no storage, no network. The same engine as sdk_js/src/act, which decides on the
device; the golden cases in tests/contract/act and random ones hold the two together. The rules in words:
docs/act.md
"""

from collector.act.decide import decide
from collector.act.model import Act, Cart, Consent, Context, Decision, Moment, State
from collector.act.state import note, settle
from collector.act.words import Content, content

__all__ = [
    "Act",
    "Cart",
    "Consent",
    "Content",
    "Context",
    "Decision",
    "Moment",
    "State",
    "content",
    "decide",
    "note",
    "settle",
]
