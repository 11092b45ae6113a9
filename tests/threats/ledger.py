"""What became of each row of the catalogue in each sandbox, and the table of it in ``docs/reference/threats.md``.

``AUTOGRADER_WRITE_SECURITY=1 python -m pytest tests/threats`` runs all of it, in gVisor too, and writes the table from what
came out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from tests.threats.rows import REMARKS, ROWS, UNMET, WALLS, describe_rows

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "threats.md"
BEGIN, END = "<!-- table of threats: written by tests/threats -->", "<!-- end of the table -->"
HELD, FAILED, NOT_RUN = "held", "**not held**", "not run"
_CLASSES = {
    "0": "Controls: these must keep full marks", "1": "Tampering with the score", "2": "Leaks and channels",
    "3": "Abuse of resources", "4": "The channel between examiner and candidate", "5": "Bad or odd input of honest students",
    "6": "Cheating that is special to deep learning", "7": "Probes: what a submission can see",
}  # fmt: skip


class Ledger:
    """Counts what became of the tests of each row, by sandbox."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], set[str]] = defaultdict(set)

    def note(self, item, report) -> None:
        """Note the end of a phase of a test, if it is about a row."""
        row, sandbox = row_of(item), getattr(item, "callspec", None) and item.callspec.params.get("walls")
        if row is not None and sandbox is not None and (report.when == "call" or not report.passed):
            self._seen[row, sandbox].add(report.outcome)

    def cell(self, row: str, sandbox: str) -> str:
        """What to write of a row in a sandbox."""
        seen = self._seen.get((row, sandbox), set())
        if "failed" in seen:
            return FAILED
        return cell_of(row, sandbox) if seen == {"passed"} else NOT_RUN


def row_of(item) -> str | None:
    """The number of the row that a test is about: that of its program or bundle, or of its mark."""
    mark = item.get_closest_marker("row")
    if mark is not None:
        return mark.args[0]
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    for name, attribute in (("threat", "program"), ("bundle", "row")):
        if name in parameters:
            return getattr(parameters[name], attribute)[:3]
    return parameters["program"][:3] if "program" in parameters else None


def cell_of(row: str, sandbox: str) -> str:
    """What is written of a row that came out as it must."""
    if (row, sandbox) in UNMET:
        return f"not met: {UNMET[row, sandbox]}"
    remark = REMARKS.get((row, sandbox))
    return HELD if remark is None else f"{HELD} ({remark})"


def render_table(cell) -> str:
    """Render all rows, class by class; ``cell`` tells of a row and a sandbox what to write."""
    tries = describe_rows()
    lines: list[str] = []
    for first, title in _CLASSES.items():
        lines += [
            f"### {title}",
            "",
            "| Row | What it tries | What must come out | bubblewrap | Docker | Podman | gVisor |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {row} | {tries[row]} | {must} | " + " | ".join(cell(row, sandbox) for sandbox in WALLS) + " |"
            for row, must in sorted(ROWS.items())
            if row.startswith(first)
        ]
        lines.append("")
    return "\n".join(lines)


def replace_table(text: str, table: str) -> str:
    """Put the table where it stands in a page."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table}\n{END}{rest.partition(END)[2]}"


def table_in(text: str) -> str:
    """The table that stands in a page."""
    found = re.search(f"{re.escape(BEGIN)}\n\n(.*)\n{re.escape(END)}", text, re.DOTALL)
    return found[1] if found else ""
