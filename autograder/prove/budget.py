"""The reference's use of limits and tolerances.

Honest work needs more than the reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograder.prove.model import Finding, ProvedCriterion, Trial
from autograder.station import Station

MAX_SHARE_OF_TOLERANCE = 0.1  # that an error of the reference may take up
MAX_SHARE_OF_LIMIT = 0.5  # of CPU time, or of memory, that the reference may need: honest work needs more than it


def measure(station: Station, trials: Iterable[Trial]) -> tuple[ProvedCriterion, ...]:
    """Return the criteria with the reference's highest use.

    This is the most time and memory that the reference used for each, and the largest error that it
    made.
    """
    own = [trial for trial in trials if trial.subject == "reference"]
    return tuple(
        ProvedCriterion(
            id=one.id,
            exercise=one.exercise,
            title=one.title,
            points=one.points,
            limit_s=station.assignment.limits(one.timeout_s).cpu_s,
            reference_s=max((trial.cpu_s.get(one.id, 0.0) for trial in own), default=0.0),
            limit_mib=station.assignment.limits().memory_mib,
            reference_mib=max((trial.memory_mib[one.id] for trial in own if one.id in trial.memory_mib), default=None),
            used=max((trial.used.get(one.id, 0.0) for trial in own), default=0.0),
            too_fine=tuple(dict.fromkeys(name for trial in own for name in trial.too_fine.get(one.id, ()))),
            is_statistical=any(one.id in trial.statistical for trial in own),
            is_trained=any(one.id in trial.trained for trial in own),
        )
        for one in station.criteria
    )


def find_close_calls(criteria: Iterable[ProvedCriterion]) -> Iterator[Finding]:
    """Yield criteria that the reference almost fails.

    Exact criteria are among them if an error is not far below the tolerance, so that other right
    answers would fail.
    """
    for one in criteria:
        if not (one.is_statistical or one.is_trained) and one.used > MAX_SHARE_OF_TOLERANCE:
            what = f"the reference's error in {one.id} is {100 * one.used:.0f} % of the tolerance, so that other right answers may fail"
            yield Finding(subject="flakes", what=what)
        if one.too_fine:
            what = (
                f"{one.id} compares {one.too_fine[0]} more finely than float32 rounds, so that work in float32 passes or fails by the "
                'draw: allow more, or say precision="float64"'
            )
            yield Finding(subject="flakes", what=what)


def find_waste(criteria: Iterable[ProvedCriterion]) -> Iterator[Finding]:
    """Yield criteria that use too much of a limit.

    The reference needs so much of it that honest work would meet it.
    """
    for one in criteria:
        if one.reference_s > MAX_SHARE_OF_LIMIT * one.limit_s:
            what = f"the reference used {one.reference_s:.1f} s of CPU time for {one.id}, of which {one.limit_s:g} s are allowed"
            yield Finding(subject="limits", what=what)
        if one.reference_mib is not None and one.reference_mib > MAX_SHARE_OF_LIMIT * one.limit_mib:
            what = f"the reference used {one.reference_mib:.0f} MiB of memory for {one.id}, of which {one.limit_mib} MiB are allowed"
            yield Finding(subject="limits", what=what)
