"""`make test-all`: every suite is run, one after the other; what came of it goes to docs/test-report.md.

Exit code 0 when nothing failed. The logs stay in .cache/test-all/.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
LOGS = ROOT / ".cache" / "test-all"
REPORT = ROOT / "docs" / "test-report.md"
SUITES = {
    "static checks": ["make", "--no-print-directory", "lint"],
    "SDK": ["sh", ".ci/sdk_check.sh", "--all"],
    "console": ["sh", ".ci/console_check.sh"],
    "Python": [
        *(sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", ""),
        *("--junitxml", str(LOGS / "Python.xml")),
    ],
}


@dataclass
class Case:
    name: str
    outcome: str  # passed, failed, skipped
    reason: str = ""
    unsteady: str = ""


@dataclass
class Suite:
    name: str
    code: int
    seconds: float
    cases: list[Case] = field(default_factory=list)
    reruns: list[str] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        return sum(case.outcome == outcome for case in self.cases)


def run(name: str, command: list[str]) -> Suite:
    log = LOGS / f"{name}.log"
    print(f"{name}: {' '.join(command)}   (log: {log.relative_to(ROOT)})", flush=True)
    started = time.monotonic()
    environment = os.environ | {"HETK_SOAK": "1", "HETK_JUNIT": str(LOGS)}
    with log.open("w") as out:
        code = subprocess.run(
            command, cwd=ROOT, stdout=out, stderr=out, env=environment, check=False
        ).returncode
    suite = Suite(name, code, time.monotonic() - started)
    suite.cases = [case for path in sorted(LOGS.glob(f"{name}*.xml")) for case in cases(path)]
    suite.reruns = re.findall(r"^RERUN: (.*)$", log.read_text(errors="replace"), re.M)
    return suite


def cases(path: Path) -> Iterator[Case]:
    """The test cases of a JUnit file, as pytest, vitest and node write it."""
    for element in ElementTree.parse(path).iter("testcase"):
        name = f"{element.get('classname', '').removeprefix('test.')} {element.get('name')}".strip()
        case = Case(name, "passed")
        for child in element:
            if child.tag in ("failure", "error"):
                case.outcome = "failed"
            elif child.tag == "skipped" and case.outcome != "failed":
                case.outcome, case.reason = "skipped", child.get("message") or child.get("type") or ""
        for known in element.iter("property"):
            if known.get("name") == "unsteady":
                case.unsteady = known.get("value") or ""
        yield case


def page(suites: list[Suite]) -> str:
    """The report as Markdown."""
    lines = [
        "# The last complete run of the tests",
        "",
        "Written by `make test-all`: the gate (`make test`) and everything that is too long for it.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {revision()}, {os.cpu_count()} cores, "
        f"Python {sys.version.split()[0]}: **{'green' if not any(suite.code for suite in suites) else 'red'}**",
        "",
        "| suite | passed | failed | skipped | run again | minutes |",
        "|---|---|---|---|---|---|",
    ]
    for suite in suites:
        counts = [suite.count(outcome) for outcome in ("passed", "failed", "skipped")]
        told = (
            [str(count) for count in counts]
            if suite.cases
            else ["green" if not suite.code else "red", "", ""]
        )
        lines.append(
            f"| {suite.name} | {' | '.join(told)} | {len(suite.reruns)} | {suite.seconds / 60:.1f} |"
        )
    every = [case for suite in suites for case in suite.cases]
    lines += section("Failed", [case.name for case in every if case.outcome == "failed"])
    lines += section("Run again before they were green", [name for suite in suites for name in suite.reruns])
    unsteady = [f"{case.name}: {case.unsteady} ({case.outcome} this time)" for case in every if case.unsteady]
    lines += section("Unsteady, not in the gate until their cause is known", unsteady)
    lines += section(
        "Skipped", [f"{case.name}: {case.reason}" for case in every if case.outcome == "skipped"]
    )
    return "\n".join(lines) + "\n"


def section(title: str, entries: list[str]) -> list[str]:
    counted = {entry: entries.count(entry) for entry in entries}
    told = [f"- {entry}{f' ({n} times)' if n > 1 else ''}" for entry, n in counted.items()]
    return ["", f"## {title}", *(told or ["None."])]


def revision() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def main() -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    for old in LOGS.glob("*"):
        old.unlink()
    suites = [run(name, command) for name, command in SUITES.items()]
    REPORT.write_text(page(suites))
    print(REPORT.read_text())
    sys.exit(any(suite.code for suite in suites))


if __name__ == "__main__":
    main()
