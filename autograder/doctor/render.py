"""A checkup for a terminal, and as JSON."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.doctor.model import FindingStatus
from autograder.records.text import json_text, log_line, page_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.doctor.model import Checkup, ConformanceFinding, MachineFinding, SandboxFinding

_MARKS = {
    FindingStatus.OK: ("\u2713", "green"),
    FindingStatus.NOTE: ("\u00b7", "yellow"),
    FindingStatus.PROBLEM: ("\u2717", "red"),
}
_NARROWEST = 40


def render_json(checkup: Checkup) -> str:
    """Render a checkup as JSON, with its layout's version."""
    return json_text(checkup.model_dump_json(indent=2))


def render_checkup(checkup: Checkup, *, width: int, has_colour: bool = False) -> str:
    """Render a checkup for a terminal of ``width`` columns."""
    return _render(
        width,
        has_colour,
        [*_findings(checkup.findings), Text(), *_sandboxes(checkup.sandboxes), *_verdict(checkup)],
    )


def render_conformance(found: ConformanceFinding, *, width: int, has_colour: bool = False) -> str:
    """Render one check of the conformance list, as it was run."""
    status = (
        FindingStatus.PROBLEM
        if found.failure is not None
        else FindingStatus.NOTE
        if found.difference
        else FindingStatus.OK
    )
    lines: list[Table | Text] = [_row(status, f"{found.seconds:5.1f} s  {found.name}")]
    if found.difference is not None:
        lines.append(Text(f"  Known of this sandbox: {found.difference}."))
    if found.failure is not None:
        lines += [
            Text(f"  {found.summary}"),
            *(Text(f"  {line}") for line in page_text(found.failure).splitlines()),
        ]
    return _render(width, has_colour, lines)


def render_conformance_total(name: str, found: Sequence[ConformanceFinding]) -> str:
    """Count the checks that held in a sandbox.

    They are those of the conformance list.
    """
    known = sum(one.difference is not None for one in found)
    held = sum(one.failure is None for one in found) - known
    others = f", {known} are known not to" if known else ""
    return (
        f"{name}: {held} of {len(found)} hold{others}, in "
        f"{sum(one.seconds for one in found):.0f} s."
    )


# of this module alone
def _render(width: int, has_colour: bool, lines: Sequence[Table | Text]) -> str:  # noqa: FBT001
    console = Console(
        file=io.StringIO(),
        width=max(_NARROWEST, width),
        color_system="standard" if has_colour else None,
        force_terminal=has_colour,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as capture:
        for line in lines:
            if isinstance(line, Text):  # a line that is to be pasted is one line, however long
                console.print(line, soft_wrap=True)
            else:
                console.print(line)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _findings(findings: Sequence[MachineFinding]) -> list[Table | Text]:
    space = max((len(one.name) for one in findings), default=0)
    lines: list[Table | Text] = []
    for one in findings:
        lines += [
            _row(one.status, log_line(one.summary), one.name, space),
            *_remedy(one.status, one.remedy),
        ]
    return lines


def _sandboxes(found: Sequence[SandboxFinding]) -> list[Table | Text]:
    lines: list[Table | Text] = []
    space = max((len(one.name) for one in found), default=0)
    for one in found:
        status = FindingStatus.OK if one.works else FindingStatus.NOTE
        lines += [
            _row(status, _sandbox(one), one.name, space),
            *_remedy(status, None if one.works else one.remedy),
        ]
    return lines


def _sandbox(one: SandboxFinding) -> str:
    if not one.works:
        return log_line(
            one.reason.strip().splitlines()[0] if one.reason.strip() else "does not work."
        )
    image = f"Image {one.image}. " if one.image else ""
    kinds: dict[str, list[str]] = {}
    for limit, strength in one.strengths.items():
        kinds.setdefault(strength, []).append(limit)
    strengths = "; ".join(f"{strength}: {', '.join(limits)}" for strength, limits in kinds.items())
    return f"works ({one.seconds:.1f} s). {image}{strengths}."


def _verdict(checkup: Checkup) -> list[Table | Text]:
    if not checkup.why:
        return []
    if checkup.auto is None:
        return [Text(), _row(FindingStatus.PROBLEM, f"--sandbox auto: {checkup.why}")]
    return [Text(), _row(FindingStatus.OK, f"--sandbox auto takes {checkup.auto}: {checkup.why}")]


def _row(status: FindingStatus, text: str, name: str = "", space: int = 0) -> Table:
    mark, colour = _MARKS[status]
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    if name:
        table.add_column(width=space)
    table.add_column(overflow="fold")
    table.add_row(
        Text(mark, style=f"bold {colour}"),
        *([Text(name, style="bold")] if name else []),
        Text(text),
    )
    return table


def _remedy(status: FindingStatus, remedy: str | None) -> list[Text]:
    if remedy is None:
        return []
    return [Text.assemble(("  \u2192 ", _MARKS[status][1]), (log_line(remedy), "cyan"))]
