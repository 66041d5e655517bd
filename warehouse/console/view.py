"""The address of a page in (site, days, filters), the SQL conditions of its tiles out.

Whatever comes from an address ends up in SQL as a quoted literal beside a column of a closed list; the SQL
that is shown is the SQL that runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

ONE = timedelta(days=1)
DAYS_MAX = 1100
VALUE_CHARS_MAX = 500
VALUES_MAX = 20
STEP = timedelta(minutes=10)  # the running period is compared up to this mark, so that answers can be kept

# Filters by a column that every table of facts has.
COLUMNS = (
    "channel",
    "social_network",
    "referrer_domain",
    "utm_campaign",
    "lang",
    "device_type",
    "os",
    "browser",
    "country",
)
# Filters by what happened in a visit: the table and column that tell it.
WITHIN = {
    "page": ("visit_pages", "url_path"),
    "search": ("visit_searches", "norm"),
    "intent": ("visit_moments", "intent"),
    "follows": ("visit_steps", "link"),
    "journey": ("visit_journeys", "path"),
}
FILTERS = (*COLUMNS, *WITHIN)
UNITS = ("day", "week", "month")
STEPS_MAX = 8
RANGES = {
    "today": (0, 1),
    "yesterday": (1, 1),
    "7d": (0, 7),
    "28d": (0, 28),
    "90d": (0, 90),
    "365d": (0, 365),
}


class BadView(ValueError):
    """An address that cannot be answered; the text says what to change."""


@dataclass(frozen=True)
class View:
    """What a page is asked for: days are UTC, both included; `now` cuts the period that still runs."""

    site: str
    first: date
    last: date
    now: datetime
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    steps: tuple[str, ...] = ("view_item", "add_to_cart", "purchase")  # of a funnel: events in order
    within: int = 7  # days that a walk through them may take
    unit: str = "week"  # of retention

    @property
    def length(self) -> timedelta:
        """Of the period; the one before is as long."""
        return self.last - self.first + ONE

    @property
    def earliest(self) -> date:
        """First day that is read: of the period before."""
        return self.first - self.length

    def fill(self, sql: str, facts: str, column: str) -> str:
        """A tile's SQL with `{now}`, `{both}`, `{days}`, `{site}`, `{period}` and `{bucket}` in it written out, and
        what funnels and retention are asked for.
        """
        begin, end = datetime.combine(self.first, datetime.min.time()), self._end()
        now = _between(column, begin, end)
        before = _between(column, begin - self.length, self._end_before())
        days = "day BETWEEN DATE '{}' AND DATE '{}'"
        kept = [f"site_id = {quote(self.site)}", *self._conditions(facts)]
        words = {
            "{now}": [*kept, days.format(self.first - ONE, self.last), now],
            "{both}": [*kept, days.format(self.earliest - ONE, self.last), f"({before} OR {now})"],
            "{days}": [kept[0], days.format(self.first, self.last)],
            "{site}": [kept[0]],
        }
        for word, conditions in words.items():
            sql = sql.replace(word, " AND ".join(conditions))
        for word, text in self._built(kept, begin).items():
            sql = sql.replace(word, text)
        sql = sql.replace("{period}", f"CASE WHEN {column} >= {_time(begin)} THEN 'now' ELSE 'before' END")
        return sql.replace("{bucket}", self.bucket(column))

    def _built(self, kept: list[str], begin: datetime) -> dict[str, str]:
        """Whoever had a visit that the filters let through; everybody ('') without filters. The list is made once,
        ahead: a macro asks for what it is given in each place where it uses it (eight times as long).
        """
        every, shown = " AND ".join(kept), f"day BETWEEN DATE '{self.first - ONE}' AND DATE '{self.last}'"
        chosen = "WITH chosen AS MATERIALIZED (SELECT list(DISTINCT {}) AS ids FROM {} WHERE {})\n"
        given = "(SELECT ids FROM chosen)"
        filtered = len(kept) > 1
        return {
            "{steps}": f"[{', '.join(quote(step) for step in self.steps)}]",
            "{within}": str(self.within),
            "{unit}": self.unit,
            "{begin}": _time(begin),
            "{end}": _time(self._end()),
            "{choose visitors}": chosen.format("visitor_id", "visits", f"{every} AND {shown}")
            if filtered
            else "",
            "{choose persons}": chosen.format("person_id", "sessions", every) if filtered else "",
            "{chosen}": given if filtered else "''",
        }

    def bucket(self, column: str) -> str:
        """The start of the step of the time axis in which `column` lies."""
        if self.grain == "minutes":
            return f"time_bucket(INTERVAL 10 MINUTE, {column})"
        return f"date_trunc('{self.grain}', {column})"

    @property
    def grain(self) -> str:
        """Step of the time axis: minutes (ten), hour, day or week."""
        days = self.length.days
        return "minutes" if days == 1 else "hour" if days <= 8 else "day" if days <= 120 else "week"

    def _end(self) -> datetime:
        return datetime.combine(self.last + ONE, datetime.min.time())

    def _end_before(self) -> datetime:
        """The period before ends where the running one has got to, so that equal times are compared."""
        whole = self._end() - self.length
        return min(whole, _next_step(self.now) - self.length)

    def _conditions(self, facts: str) -> list[str]:
        found = []
        for name, values in self.filters.items():
            if name in COLUMNS:
                found.append(_equals(name, values))
                continue
            table, column = WITHIN[name]
            if table == facts or (name == "intent" and facts == "visit_searches"):
                found.append(_equals(column, values))
                continue
            days = f"day BETWEEN DATE '{self.earliest - ONE}' AND DATE '{self.last}'"
            where = f"site_id = {quote(self.site)} AND {days} AND {_equals(column, values)}"
            found.append(f"session_id IN (SELECT session_id FROM {table} WHERE {where})")
        return found


def read_view(query: Sequence[tuple[str, str]], now: datetime | None = None) -> View:
    """From the pairs of an address: site, range (or from and to), filters (repeatable). Raises BadView."""
    now = now or datetime.now(UTC).replace(tzinfo=None)
    asked: dict[str, list[str]] = {}
    for name, value in query:
        if len(value) > VALUE_CHARS_MAX or "\0" in value:
            raise BadView(f"the value of {name} is too long: {VALUE_CHARS_MAX} characters at most")
        asked.setdefault(name, []).append(value)
    if not asked.get("site"):
        raise BadView("which site? add site=NAME")
    filters = {name: tuple(asked[name][:VALUES_MAX]) for name in FILTERS if name in asked}
    first, last = _days(asked, now.date())
    return View(asked["site"][-1], first, last, now, filters, **_built(asked))


def _built(asked: Mapping[str, list[str]]) -> dict[str, Any]:
    """What is asked of funnels and retention."""
    found: dict[str, Any] = {}
    if "steps" in asked:
        steps = tuple(step for step in asked["steps"][-1].split(",") if step)
        if not 0 < len(steps) <= STEPS_MAX:
            raise BadView(f"steps is 1 to {STEPS_MAX} names of events, by commas")
        found["steps"] = steps
    if "within" in asked:
        within = asked["within"][-1]
        if not re.fullmatch(r"[0-9]{1,3}", within) or not 1 <= int(within) <= 365:
            raise BadView("within is 1 to 365 days")
        found["within"] = int(within)
    if "unit" in asked:
        if asked["unit"][-1] not in UNITS:
            raise BadView(f"unit is one of {', '.join(UNITS)}")
        found["unit"] = asked["unit"][-1]
    return found


def _days(asked: Mapping[str, list[str]], today: date) -> tuple[date, date]:
    if "from" in asked or "to" in asked:
        try:
            first = date.fromisoformat(asked.get("from", [str(today)])[-1])
            last = date.fromisoformat(asked.get("to", [str(today)])[-1])
        except ValueError as error:
            raise BadView("from and to are days such as 2026-11-30") from error
    else:
        name = asked.get("range", ["7d"])[-1]
        if name not in RANGES:
            raise BadView(f"range is one of {', '.join(RANGES)}")
        ago, length = RANGES[name]
        last = today - ONE * ago
        first = last - ONE * (length - 1)
    if not date(1990, 1, 1) <= first <= last <= date(2100, 1, 1) or (last - first).days >= DAYS_MAX:
        raise BadView(f"from lies before to, and at most {DAYS_MAX} days before it")
    return first, last


def quote(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _equals(column: str, values: Sequence[str]) -> str:
    named = [quote(value) for value in values if value]
    parts = (
        [f"{column} IN ({', '.join(named)})" if len(named) > 1 else f"{column} = {named[0]}"] if named else []
    )
    if "" in values:
        parts.append(f"coalesce({column}, '') = ''")
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _between(column: str, begin: datetime, end: datetime) -> str:
    return f"{column} >= {_time(begin)} AND {column} < {_time(end)}"


def _time(moment: datetime) -> str:
    return f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}'"


def _next_step(moment: datetime) -> datetime:
    midnight = datetime.combine(moment.date(), datetime.min.time())
    return midnight + ((moment - midnight) // STEP + 1) * STEP
