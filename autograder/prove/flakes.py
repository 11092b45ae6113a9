"""The rate at which a right answer loses a point.

The reference is graded over and over with other draws.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.prove.model import Calibration, Finding, Flakes, ProvedCriterion, Spread, Trial
from autograder.records.criterion import CriterionRecord
from autograder.records.outcome import Outcome
from autograder.station import Station, StationSettings, work_in_parallel

MAX_RATE = 1e-3  # of gradings of a right answer that may lose a criterion
CONFIDENCE = 0.95
TRAININGS = 30  # of the reference, to see where it comes to
MIN_DEVIATIONS = 6.0  # of the bar below the mean
GRADINGS_PER_EXACT = 10  # statistical gradings for each one of the exact criteria, which takes long

Records = Mapping[str, CriterionRecord]


@dataclass(frozen=True)
class Draws:
    """The reference's results under many draws.

    Attributes
    ----------
    flakes
        Of the statistical criteria.
    calibrations
        Of the criteria that train.
    findings
        Exact criteria that were lost: a right answer should pass them whatever is drawn.
    """

    flakes: Flakes | None = None
    calibrations: tuple[Calibration, ...] = ()
    findings: tuple[Finding, ...] = ()


def try_draws(
    settings: StationSettings,
    station: Station,
    criteria: Sequence[ProvedCriterion],
    gradings: int,
    jobs: int,
) -> Draws:
    """Grade the reference again and again.

    Statistical criteria are graded most often, the others less often.

    Parameters
    ----------
    station
        One that is open; ``jobs - 1`` others are opened beside it.
    gradings
        Of the statistical criteria, all of them in each. Exact criteria are tried a tenth as often,
        and trainings at most `TRAININGS` times.
    """
    trained = [one.id for one in criteria if one.is_trained]
    statistical = [one.id for one in criteria if one.is_statistical and not one.is_trained]
    exact = [one.id for one in criteria if not (one.is_statistical or one.is_trained)]
    often = math.ceil(gradings / GRADINGS_PER_EXACT)
    plan = [(statistical, gradings), (trained, min(gradings, TRAININGS)), (exact, often)]

    def work(other: Station, job: int) -> list[list[Records]]:
        return [_run_reference(other, wanted, range(job, count, jobs)) for wanted, count in plan]

    done = work_in_parallel(replace(settings, sandbox="plain"), station, jobs, work)
    drawn, runs, others = (
        [records for share in done for records in share[kind]] for kind in range(len(plan))
    )
    return Draws(
        _count(statistical, drawn),
        tuple(_calibrate(name, runs) for name in trained),
        tuple(_find_lost(exact, others)),
    )


def _find_lost(criteria: Sequence[str], drawn: Sequence[Records]) -> Iterator[Finding]:
    """Yield exact criteria that some draw loses.

    The finding has the message of the first such draw.
    """
    for name in criteria:
        lost = [records[name] for records in drawn if not records[name].has_full_marks]
        if lost:
            what = (
                f"the reference lost {name} in {len(lost)} of {len(drawn)} gradings "
                f"({lost[0].outcome}: {lost[0].message})"
            )
            yield Finding(subject="flakes", what=what)


def _run_reference(station: Station, criteria: Sequence[str], numbers: range) -> list[Records]:
    """The reference's records of some criteria in each grading."""
    if not criteria:
        return []
    read = station.read_sources(station.assignment.reference_sources())
    requests = (station.request(f"draw {number}", read) for number in numbers)
    return [station.examine(station.alone(one, criteria)) for one in requests]


def _count(criteria: Sequence[str], drawn: Sequence[Records]) -> Flakes | None:
    """Count the gradings that lost each criterion."""
    if not drawn:
        return None
    lost = [
        {name for name in criteria if records[name].outcome is not Outcome.PASSED}
        for records in drawn
    ]
    failed = sum(map(bool, lost))
    return Flakes(
        criteria=tuple(criteria),
        gradings=len(drawn),
        lost=dict(Counter(name for one in lost for name in sorted(one))),
        lost_gradings=failed,
        bound=upper_bound(failed, len(drawn)),
    )


def _calibrate(criterion: str, runs: Sequence[Records]) -> Calibration:
    """Compare a training's bar with the reference's scores."""
    pairs = [pair for records in runs for pair in records[criterion].scores]
    scores = [score for score, _ in pairs]
    bar, mean = max(bar for _, bar in pairs), statistics.fmean(scores)
    spread = statistics.pstdev(scores)
    deviations = (mean - bar) / spread if spread > 0 else None
    return Calibration(
        criterion=criterion, bar=bar, scores=tuple(scores), mean=mean, deviations=deviations
    )


def find_spreads(
    criteria: Iterable[ProvedCriterion],
    trials: Sequence[Trial],
    calibrations: Iterable[Calibration],
) -> Iterator[Spread]:
    """Yield the scores of reference and mutants per training.

    Where the reference trained many times, all of its scores are among them.
    """
    calibrated = {one.criterion: one for one in calibrations}
    for criterion in criteria:
        found: dict[str, list[tuple[float, float]]] = {"reference": []}
        for trial in trials:
            if criterion.id in trial.scores:
                found.setdefault(trial.subject, []).extend(trial.scores[criterion.id])
        scores = {
            name: tuple(score for score, _ in pairs) for name, pairs in found.items() if pairs
        }
        bars = [bar for pairs in found.values() for _, bar in pairs]
        if criterion.id in calibrated:
            scores = {"reference": calibrated[criterion.id].scores} | {
                n: s for n, s in scores.items() if n != "reference"
            }
        if bars:
            yield Spread(criterion=criterion.id, bar=max(bars), scores=scores)


def find_low_calibrations(calibrations: Iterable[Calibration]) -> Iterator[Finding]:
    """Yield training bars that are too near to the reference's scores.

    A right solution might miss them.
    """
    for one in calibrations:
        if one.mean <= one.bar or (one.deviations is not None and one.deviations < MIN_DEVIATIONS):
            distance = (
                "above them all"
                if one.deviations is None
                else f"{one.deviations:.1f} standard deviations below"
            )
            what = (
                f"the bar of {one.criterion}, {abs(one.bar):g}, lies {distance} the mean of the "
                "reference's "
                f"{len(one.scores)} trainings, {abs(one.mean):.4g}; at least {MIN_DEVIATIONS:g} "
                "are needed"
            )
            yield Finding(subject="flakes", what=what)


def find_flakes(flakes: Flakes | None) -> Iterator[Finding]:
    """Yield a finding if right answers may fail too often.

    Either they lose a criterion too often, or they were not tried often enough to know.
    """
    if flakes is not None and flakes.bound > MAX_RATE:
        listed = ", ".join(f"{name} {times} times" for name, times in sorted(flakes.lost.items()))
        what = (
            f"the reference lost a criterion in {flakes.lost_gradings} of {flakes.gradings} "
            "gradings"
            f"{f' ({listed})' if listed else ''}: with 95 % confidence in at most "
            f"{100 * flakes.bound:.2g} %, "
            f"where {100 * MAX_RATE:g} % are allowed"
        )
        yield Finding(subject="flakes", what=what)


def upper_bound(failures: int, runs: int, confidence: float = CONFIDENCE) -> float:
    """Return the largest rate that explains so few failures.

    It is the upper limit of Clopper and Pearson [1]_, the largest rate at which so few are still
    not surprising.

    Examples
    --------
    >>> round(upper_bound(0, 3000), 6)
    0.000998
    >>> round(upper_bound(2, 100), 4)
    0.0616

    References
    ----------
    .. [1] C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits
    illustrated in the case of the
       binomial", Biometrika 26 (1934).
    """
    if failures >= runs:
        return 1.0
    low, high = failures / runs, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        if _at_most(failures, runs, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(failures: int, runs: int, rate: float) -> float:
    """Probability of at most so many failures."""
    if rate in (0.0, 1.0):
        return 1.0 - rate
    return math.fsum(
        math.exp(
            math.lgamma(runs + 1) - math.lgamma(k + 1) - math.lgamma(runs - k + 1)
            + k * math.log(rate) + (runs - k) * math.log1p(-rate)
        )
        for k in range(failures + 1)
    )  # fmt: skip
