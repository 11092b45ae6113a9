"""The reference's own run.

The reference must get full marks. The run also shows the demands of each criterion.

Kept per course and assignment digest, since it depends on nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.course import Assignment
from autograder.errors import CourseError, InfrastructureError
from autograder.records.criterion import CriterionRecord
from autograder.records.outcome import Fault, Outcome

Baseline = Mapping[str, Mapping[str, Sequence[int] | Sequence[str]]]
_PARTS = {"checks": int, "objects": str, "wall_ms": int, "cost": int}


def find_baseline(
    assignment: Assignment, version: str, run: Callable[[], Sequence[CriterionRecord]]
) -> Baseline:
    """Return the facts of the reference's own run.

    They are remembered, or found by running the reference. They are, for each criterion, the checks
    per case, the questions answered with objects, the time it took and its cost to the examiner.

    Parameters
    ----------
    run
        Runs every criterion on the reference.

    Raises
    ------
    CourseError
        The reference does not get full marks. The message names every criterion that it loses.
    """
    path = (
        assignment.course
        / ".autograder"
        / "baselines"
        / f"{assignment.id}-{assignment.digest[:20]}-{version}.json"
    )
    with _locked(path):
        kept = _find_kept(path)
        if kept is not None:
            return kept
        baseline = check_reference(assignment, run(), run)
        with contextlib.suppress(
            OSError
        ):  # a course that cannot be written to is proved anew each time
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(baseline, indent=1))
            draft.rename(path)
    return baseline


def check_reference(
    assignment: Assignment,
    records: Sequence[CriterionRecord],
    run: Callable[[], Sequence[CriterionRecord]],
) -> Baseline:
    """Return the facts of a reference's run with full marks.

    A reference without full marks runs again, to see if it answers the same.
    """
    lost = [record for record in records if record.outcome is not Outcome.PASSED]
    for record in lost:
        if record.fault is Fault.INFRASTRUCTURE:
            raise InfrastructureError(
                f"The reference of {assignment.id!r} could not be run: {record.message}"
            )
    if lost:
        again = (
            {}
            if any(one.outcome is Outcome.UNGRADED for one in lost)
            else {one.id: one for one in run()}
        )
        named = "\n".join(
            f"  {_place(assignment, record.id)}{record.id}: {record.outcome}. {record.message}"
            f"{_otherwise(record, again.get(record.id, record))}"
            for record in lost
        )
        raise CourseError(
            f"The reference of {assignment.id!r} does not get full marks, so nothing can be graded "
            f"against it:\n{named}",
            hint="Mend the rubric or the reference, then grade again.",
        )
    return {
        record.id: {
            "checks": record.case_checks,
            "objects": record.objects,
            "wall_ms": [round(1000 * record.duration_s)],
            "cost": record.cost,
        }
        for record in records
    }


def _place(assignment: Assignment, criterion: str) -> str:
    """Return the file and line of a criterion for a message.

    The message begins with them.
    """
    for path in sorted(assignment.rubric.rglob("test_*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith(f"def test_{criterion}("):
                return f"{assignment.relative(path)}, line {number}, "
    return ""


def _otherwise(record: CriterionRecord, again: CriterionRecord) -> str:
    if (record.outcome, record.message) == (again.outcome, again.message):
        return ""
    return (
        " The reference is not deterministic: it answers differently when it is asked the same "
        "again."
    )


def _find_kept(path: Path) -> Baseline | None:
    """Return the kept baseline, or None if it makes no sense."""
    try:
        kept = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    is_whole = isinstance(kept, dict) and all(_is_shown(shown) for shown in kept.values())
    return kept if is_whole else None


def _is_shown(value: object) -> bool:
    if not isinstance(value, dict) or value.keys() != _PARTS.keys():
        return False
    return all(
        isinstance(value[name], list) and all(type(one) is kind for one in value[name])
        for name, kind in _PARTS.items()
    )


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time find the shared facts.

    All of the processes need them.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.with_suffix(".lock").open("w")
    except OSError:
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
