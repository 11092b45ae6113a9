"""Proofs of many assignments, one after the other.

An error in one does not keep the others from being tried.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course import find_assignments
from autograder.course.problems import did_you_mean
from autograder.errors import CourseError, UsageError
from autograder.prove.model import Proof
from autograder.prove.render import Unproved
from autograder.prove.trials import DRAWS, Say, prove_assignment
from autograder.station import StationSettings
from autograder.station.examiner_process import START_TIMEOUT_S


@dataclass(frozen=True, slots=True)
class ProveRequest:
    """The arguments of ``prove``.

    Attributes
    ----------
    assignments
        Ids.
    seeds
        Students whose draws are tried.
    flakes
        Gradings of the reference where a right answer may fail by chance.
    jobs
        Stations side by side.
    mutations
        True if generated mutants are tried, too.
    prices
        True if each of these meets every criterion.
    start_timeout_s
        How long rubric and reference may take to load [s].
    """

    course: Path
    assignments: Sequence[str]
    seeds: int
    flakes: int
    jobs: int
    mutations: bool = False
    prices: bool = False
    start_timeout_s: float = START_TIMEOUT_S


def find_ids(course: Path, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the wanted assignments.

    These are all of the course if none is named.

    Raises
    ------
    UsageError
        The course has no assignment of such a name, or none at all.
    """
    known = find_assignments(course)
    for name in wanted:
        if name not in known:
            raise UsageError(
                f"{str(course)!r} has no assignment {name!r}.",
                hint=did_you_mean(name, known, f"Assignments: {', '.join(known) or 'none'}."),
            )
    if not known:
        raise UsageError(
            f"{str(course)!r} has no assignments.",
            hint="An assignment is a folder of assignments/.",
        )
    return tuple(dict.fromkeys(wanted)) or known


def require_mutation_library() -> None:
    """Require that LibCST is installed.

    The error says what to install. LibCST is an extra, since grading does without it.

    Raises
    ------
    UsageError
        LibCST is not installed.
    """
    if importlib.util.find_spec("libcst") is None:
        raise UsageError(
            "`prove --mutate` needs LibCST, which is not installed here.",
            hint=f"{sys.executable} -m pip install 'libcst>=1.8', or install autograder with its "
            "extra `mutate`.",
        )


def prove_each(request: ProveRequest, say: Say) -> Iterator[Proof | Unproved]:
    """Prove the assignments in turn.

    Raises
    ------
    UsageError
        Mutants are to be generated, and LibCST is not installed.
    """
    if request.mutations:
        require_mutation_library()
    for assignment in request.assignments:
        settings = StationSettings(
            request.course, assignment, DRAWS, start_timeout_s=request.start_timeout_s
        )
        try:
            yield prove_assignment(
                settings,
                seeds=request.seeds,
                flakes=request.flakes,
                mutations=request.mutations,
                prices=request.prices,
                jobs=request.jobs,
                say=say,
            )
        except CourseError as error:
            yield Unproved(assignment, str(error))
