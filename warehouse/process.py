"""A process id in, whether that process lives out; also where there is no /proc."""

from __future__ import annotations

import os


def lives(pid: int) -> bool:
    """Whether a process of this number exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
