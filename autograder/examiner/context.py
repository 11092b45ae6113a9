"""One criterion tried on one candidate.

Its cases run, its checks are counted, and the candidate's end is heeded.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis.core
import numpy as np
import pytest
from pydantic import Base64Bytes

from autograder.course import Assignment, CriterionInfo
from autograder.course.facts import SourceFacts
from autograder.course.seeds import Secret, generator
from autograder.examiner.load_notes import ended_record, loading_record
from autograder.examiner.plugin import RubricPlugin, case_name
from autograder.examiner.verdict import (
    PASSED,
    InfrastructureEnd,
    Verdict,
    combine,
    failed,
    infrastructure_fault,
    judge,
    mark_unwritten,
)
from autograder.inside.loading.looking import is_within
from autograder.records.criterion import LoadingRecord
from autograder.records.outcome import Outcome
from autograder.remote import LoadRequest, Loan, Submission
from autograder.remote.bounds import Cost
from autograder.remote.endings import CandidateEnd
from autograder.remote.loading import LeftOut
from autograder.rubric import checks

_CROSSES_AS_VALUE = (bool, int, float, complex, str, np.ndarray, np.generic, type(None))


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources that a candidate loads.

    Attributes
    ----------
    files
        Source of each declared file; a notebook is the sequence of its code cells.
    facts
        What the reader found in them, for source rules; None for trusted code.
    failed
        Why a declared file could not be read.
    code
        Files that the reader compiled: opaque bytes that only candidates load.
    titles
        What the student called each file.
    helpers
        Files that declared ones import, by path.
    left_out
        Statements in which loading ended.
    packages
        Folders of the upload under whose names declared files are imported.
    """

    files: Mapping[str, str | Sequence[str]]
    facts: SourceFacts | None = None
    failed: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, Sequence[Base64Bytes]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    helpers: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of one case.

    Attributes
    ----------
    verdict
        None where only an experiment can tell.
    checks
        How many checks ran.
    answers
        What `is_close` answered, ``1`` or ``0`` a question.
    has_fault
        True if a check failed or the submission raised: a ground to end with fewer checks than the
        reference.
    """

    verdict: Verdict | None
    checks: int = 0
    answers: str = ""
    has_fault: bool = False

    @property
    def is_passed(self) -> bool:
        """True if the case passed."""
        return self.verdict is not None and self.verdict.outcome is Outcome.PASSED

    @property
    def rests_on_checks(self) -> bool:
        """True if the case earns something on its checks alone.

        Nothing but the number of its checks vouches for it.
        """
        is_partial = self.verdict is not None and self.verdict.outcome is Outcome.PARTIAL
        return self.is_passed or (is_partial and not self.has_fault)


@dataclass(slots=True)
class CriterionResult:
    """The result of one try of a criterion.

    Attributes
    ----------
    members
        How many cases there are; after an end some have not run.
    cases
        Those that ran, in order.
    unclear
        What escaped the rubric first where only an experiment can tell whose fault it is.
    answered
        What the submission answered last, in words.
    loading
        How the submission loaded, if this try loaded it.
    comparisons
        How many of its answers were compared with expected ones.
    used
        The largest error that passed, as a share of its tolerance.
    too_fine
        What was compared more finely than float32 rounds, without a word that float64 is needed.
    noted
        Kinds of conversion that have their note.
    is_statistical
        True if a check asked for what holds for most draws only.
    scores
        What trainings came to, each with its bar.
    cost
        What the candidate has cost this process.
    """

    members: int
    cases: list[CaseResult] = field(default_factory=list)
    unclear: BaseException | None = None
    answered: str = "what your function returned"
    notes: list[str] = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""
    cpu_s: float = 0.0
    peak_memory_mib: float | None = None
    loading: LoadingRecord | None = None
    ended_while_loading: bool = False
    objects: list[str] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)
    comparisons: int = 0
    used: float = 0.0
    too_fine: list[str] = field(default_factory=list)
    noted: set[str] = field(default_factory=set)
    is_statistical: bool = False
    scores: list[tuple[float, float]] = field(default_factory=list)

    @property
    def checks(self) -> int:
        """The number of checks that ran."""
        return sum(case.checks for case in self.cases)

    def verdict(self) -> Verdict:
        """The verdict of the criterion, once that of each case is known."""
        return combine([case.verdict or PASSED for case in self.cases], self.members)


class CriterionContext:
    """The values of a rubric's fixtures while one criterion runs.

    Parameters
    ----------
    key
        The student's key; the criterion's draws are derived from it.
    submission
        Who is asked: the submission, or the reference behind the same wire.
    """

    def __init__(
        self,
        assignment: Assignment,
        criterion: CriterionInfo,
        reference: Any,
        key: Secret,
        submission: Submission,
    ) -> None:
        self.reference: Any = reference
        self.submission = submission
        self._assignment = assignment
        self._criterion = criterion
        self._key = key

    @property
    def data(self) -> Path:
        """The folder of the rubric's hidden data."""
        return self._assignment.rubric / "data"

    def reference_for(self, case: str) -> Any:  # noqa: ARG002 - for a context that records
        """Return the value of the fixture ``reference`` for a case."""
        return self.reference

    def rng_for(self, case: str) -> Any:
        """Return the value of the fixture ``rng`` for a case.

        It is the case's own generator, which never goes into a candidate.
        """
        rng = generator(self._key.derive(self._criterion.id, case))
        self.submission.withhold(rng)
        return rng

    def run(
        self,
        plugin: RubricPlugin,
        items: Iterable[pytest.Item],
        *,
        ahead: Mapping[str, Verdict] | None = None,
        keeps_candidate: bool = False,
    ) -> CriterionResult:
        """Run the cases.

        Parameters
        ----------
        ahead
            Verdicts on cases that need not run, by their names.
        keeps_candidate
            True if the next criterion goes on with the candidate; else it is ended.
        """
        plugin.context = self
        members = list(items)
        tried = CriterionResult(len(members))
        try:
            for item in members:
                settled = (ahead or {}).get(case_name(item)) or self._judge_missing(item)
                case = (
                    self._run_case(plugin, item, tried) if settled is None else CaseResult(settled)
                )
                tried.cases.append(case)
                if self.submission.ended is not None or (
                    case.verdict and case.verdict.outcome is Outcome.UNGRADED
                ):
                    break
            self._close(tried, keeps_candidate=keeps_candidate)
        except InfrastructureEnd as error:
            tried.cases, tried.unclear = [CaseResult(infrastructure_fault(str(error)))], None
        finally:
            plugin.context = None
        return tried

    def _judge_missing(self, item: pytest.Item) -> Verdict | None:
        """Return the verdict on a case whose function is missing.

        The other cases go on.
        """
        name = case_name(item)
        if not self._criterion.has_case_per_test or self.submission.ended is not None:
            return None
        try:
            return None if name in self.submission else judge(self.submission.end_missing(name))
        except CandidateEnd:  # while loading: whoever asks next meets it again
            return None

    def _run_case(
        self, plugin: RubricPlugin, item: pytest.Item, tried: CriterionResult
    ) -> CaseResult:
        tally = checks.reset(has_gpu=self._criterion.gpu, noted=tried.noted)
        _seed(seed_number(self._key, self._criterion.id, "hypothesis", case_name(item)))
        error = plugin.run_case(item)
        tried.comparisons += tally.comparisons
        tried.used = max(tried.used, tally.used)
        tried.too_fine += [name for name in tally.too_fine if name not in tried.too_fine]
        tried.noted |= tally.noted
        tried.is_statistical |= tally.is_statistical
        tried.scores += tally.scores
        tried.notes += [note for note in tally.notes if note not in tried.notes]
        end = self.submission.ended
        if end is not None:  # whatever the rubric made of it
            verdict = judge(end)
        elif error is None:
            verdict = PASSED if not tally.failures else _caught(tally.failures[0])
        else:
            verdict = mark_unwritten(judge(error), error, self._assignment, self._criterion.tests)
            if verdict is None and tried.unclear is None:
                tried.unclear, tried.answered = error, self.submission.last_answer
        return CaseResult(
            verdict, tally.checks, _answers(tally), bool(tally.failures) or _handles_a_fault(error)
        )

    def _close(self, tried: CriterionResult, *, keeps_candidate: bool) -> None:
        submission = self.submission
        end = submission.ended
        tried.ended_while_loading = (
            end is not None and submission.is_started and not submission.is_loaded
        )
        if submission.is_loaded:
            tried.loading = loading_record(submission)
        ending = None if keeps_candidate and end is None else submission.close()
        tried.stdout, tried.stderr = submission.output
        tried.objects = sorted(submission.answered_objects)
        tried.cost = submission.cost
        if tried.ended_while_loading:
            tried.loading = ended_record(end, tried.stdout, tried.stderr)
        if ending is not None:
            tried.cpu_s, tried.peak_memory_mib = ending.cpu_s, ending.peak_memory_mib


def seed_number(key: Secret, *labels: str) -> int:
    """Return a seed of 31 bits.

    It is for generators that take no more.
    """
    return int.from_bytes(key.derive(*labels, "seed")[:4], "big") >> 1


def _seed(number: int) -> None:
    """Make a rubric's draws from elsewhere than ``rng`` repeat."""
    hypothesis.core.global_force_seed = number  # type: ignore[assignment]
    random.seed(number)
    np.random.seed(number)  # noqa: NPY002 - the generator of rubrics that do not use theirs


def _answers(tally: checks.CheckTally) -> str:
    return "".join("1" if one else "0" for one in tally.answers)


def _handles_a_fault(error: BaseException | None) -> bool:
    """Return True if the rubric raised while it handled a fault.

    The fault is a failed check, or an exception of the submission's.
    """
    handled = None if error is None else error.__context__
    return handled is not None and (judge(handled) is not None or _handles_a_fault(handled))


def _caught(failure: BaseException) -> Verdict:
    """Return the verdict on a failed check that the rubric caught.

    The check is failed, though the rubric forgot it.
    """
    return judge(failure) or failed("wrong answer", str(failure))


def load_request(
    assignment: Assignment,
    sources: Sources,
    defines: Mapping[str, str],
    *,
    seed: int,
    data: Mapping[str, bytes],
) -> LoadRequest:
    """Return the load request for a candidate of this assignment."""
    return LoadRequest(
        files=sources.files,
        order=assignment.files,
        unread=sources.failed,
        misplaced=sources.facts.misplaced if sources.facts is not None else {},
        code=sources.code,
        defines=defines,
        support={path.name: path.read_text(encoding="utf-8") for path in assignment.support_files},
        aliases=(*assignment.settings.aliases, *sources.packages),
        forbidden=assignment.settings.imports.forbidden,
        allowed=assignment.settings.imports.allowed,
        inert=assignment.settings.imports.inert,
        inert_later=_inert_later(assignment, sources),
        titles=sources.titles,
        helpers=sources.helpers,
        templates=_templates(assignment, sources),
        left_out=sources.left_out,
        data=data,
        seed=seed,
    )


def _templates(assignment: Assignment, sources: Sources) -> dict[str, str]:
    """Return the templates that lay beside the work at home.

    They are of files for which the work stands under another name.
    """
    titles = {
        name: sources.titles.get(name, name) if name in sources.files else ""
        for name in assignment.files
    }
    paths = {name: assignment.template / name for name, title in titles.items() if title != name}
    return {
        name: path.read_text(encoding="utf-8") for name, path in paths.items() if path.is_file()
    }


def _inert_later(assignment: Assignment, sources: Sources) -> tuple[str, ...]:
    """Return the inert packages that a submission's functions import.

    The functions import them when they are called.
    """
    imports = assignment.settings.imports
    facts = () if sources.facts is None else sources.facts.imports
    asked = {
        name
        for one in facts
        if one.function
        for name in (one.module, *(f"{one.module}.{x}" for x in one.names))
    }
    return tuple(
        package
        for package in imports.inert
        if package not in imports.forbidden and any(is_within(name, package) for name in asked)
    )


def provide(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of the reference for submissions.

    Arrays and numbers cross as values, caches as loans.

    A cache of nothing but the caller's own arguments, such as the affine layer's ``(x, w, b)``,
    reveals nothing and crosses as a value. So does a dict or list that is the whole answer, such as
    gradients by name: it is no cache.
    """

    def provided(*args: Any, **kwargs: Any) -> Any:
        answer = function(*args, **kwargs)
        given = [*args, *kwargs.values()]
        if isinstance(answer, tuple):
            return tuple(_as_answer(part, given) for part in answer)
        parts = (
            answer.values()
            if isinstance(answer, dict)
            else answer
            if isinstance(answer, list)
            else (Loan,)
        )
        is_plain = all(isinstance(part, _CROSSES_AS_VALUE) for part in parts)
        return answer if is_plain else _as_answer(answer, given)

    provided.__name__ = getattr(function, "__name__", "provided")
    return provided


def _as_answer(part: Any, given: Sequence[Any]) -> Any:
    is_given = type(part) is tuple and all(any(one is value for value in given) for one in part)
    return part if is_given or isinstance(part, _CROSSES_AS_VALUE) else Loan(part)
