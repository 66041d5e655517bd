"""What a log line says of an error, and what it keeps to itself."""

import json
import logging
import sys

from collector.logs import JsonLines


def test_an_unforeseen_error_is_logged_by_kind_and_place_without_what_was_sent() -> None:
    try:
        int("@".join(["priya", "example.com"]))
    except ValueError:
        record = logging.LogRecord("hetk", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    text = JsonLines().format(record)
    line = json.loads(text)
    assert line["traceback"].endswith("ValueError")
    assert "test_logs.py" in line["traceback"]
    assert "priya@example.com" not in text
