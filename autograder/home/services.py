"""An exam without a station.

It runs public criteria in this process, for a student at home and for recording a tape.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from autograder.course import (
    Assignment,
    CriterionInfo,
    apply_mutant,
    load_accepted,
    load_mutants,
    map_defined_names,
)
from autograder.course.seeds import Secret, generator
from autograder.errors import CourseError
from autograder.examiner.context import CriterionContext, Sources
from autograder.examiner.exam import Exam, Rubric
from autograder.examiner.messages import CandidateNeeds, ExamRequest, Kind
from autograder.examiner.plugin import RubricPlugin, RunnableCriterion, collect_rubric, group_items
from autograder.examiner.reference import Reference, beside_data
from autograder.home.provided import CallRecorder, play_provided
from autograder.home.tape import Playing, Recording, Tape, Track, digest_rubric
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import Limits
from autograder.remote import Link, Spawner
from autograder.remote.bounds import Meter
from autograder.remote.endings import CandidateEnd
from autograder.remote.loading import end_while_loading

_HOME_KEY = Secret(b"the draws of public criteria are no secret")


class HomeServices:
    """Starts candidates by a spawner of this process and keeps the records."""

    meter = Meter

    def __init__(self, spawner: Spawner) -> None:
        self._spawner = spawner
        self.records: list[CriterionRecord] = []
        self.loading = LoadingRecord()

    def begin(
        self,
        criterion: str,
        limits: Limits,
        need: CandidateNeeds | None,
        following: CandidateNeeds | None,
    ) -> None:
        """Begin nothing, since nothing is supervised here.

        Ctrl-C ends a function that never returns.
        """

    # whatever is there
    def spawn(self, *, frameworks: bool, kind: Kind, gpu: bool = False) -> Link:  # noqa: ARG002
        """Start a candidate."""
        return self._spawner.spawn(frameworks=frameworks, kind=kind)

    def spawn_shared(self, *, frameworks: bool, kind: Kind) -> Link:
        """Start a candidate."""
        return self.spawn(frameworks=frameworks, kind=kind)

    def experiment(self, criterion: str) -> None:
        """There is no reference at home."""

    def check_gpu(self, kind: Kind, *, frameworks: bool) -> None:
        """Find no problem, since the GPU is the student's own."""

    @property
    def failure(self) -> None:
        """None, since a failure raises here."""

    def tell_loading(self, loading: LoadingRecord) -> None:
        """Keep the record of the submission's load.

        The exam may not come to its end.
        """
        self.loading = loading

    def hand_in(self, record: CriterionRecord) -> None:
        """Keep a record."""
        self.records.append(record)

    def finish(self, loading: LoadingRecord | None) -> None:
        """Keep the record of the submission's load."""
        self.loading = loading or LoadingRecord()


def examine_public(  # noqa: PLR0913, PLR0917 - what an exam at home is made of
    assignment: Assignment,
    sources: Sources,
    tape: Tape,
    services: HomeServices,
    unattempted: Collection[str] = (),
    end: CandidateEnd | None = None,
) -> list[CriterionInfo]:
    """Run the public criteria on a submission.

    A tape takes the reference's place.

    Parameters
    ----------
    unattempted
        Names under test that are as the template has them.
    end
        How loading ends whatever is left out: nothing is then run in this process.

    Returns
    -------
    list
        The criteria, in order.

    Raises
    ------
    CourseError
        The public rubric cannot be collected, or the tape was made of another one.
    """
    if tape.rubric != digest_rubric(assignment.rubric / "public"):
        raise CourseError(
            f"The tape of {assignment.id!r} was made of another version of its public criteria.",
            hint="The author records it anew with `autograder tape`.",
        )

    class PlayingContext(CriterionContext):
        """Plays the tape of each case."""

        def __init__(self, *parts: Any) -> None:
            super().__init__(*parts)
            self._tracks: dict[str, Track] = {}

        def _track(self, case: str) -> Track:
            name = track_name(self._criterion, case)
            return self._tracks.setdefault(case, Track(name, tape.cases.get(name, ())))

        def reference_for(self, case: str) -> Any:
            return Playing(self._track(case), "reference")

        def rng_for(self, case: str) -> Any:
            return Playing(self._track(case), "rng")

    def provide_for(info: CriterionInfo) -> Mapping[str, Callable[..., Any]]:
        return play_provided(info.provided, tape.calls.get(info.id, ()), tape.signatures)

    def serve(table: list[RunnableCriterion], plugin: RubricPlugin) -> None:
        hidden = {name for one in table for name in one.info.after} - {one.info.id for one in table}
        request = _request("submission", sources, frozenset(unattempted), earned=frozenset(hidden))
        rubric = Rubric(
            assignment,
            table,
            None,
            plugin,
            tape.defines,
            PlayingContext,
            brings_data=True,
            provide_for=provide_for,
        )
        Exam(rubric, request, services).run(None if end is None else end_while_loading(end))

    return _collect(assignment, serve)


def record_tape(
    assignment: Assignment, reference: Reference, services: HomeServices, spawner: Spawner
) -> Tape:
    """Run the public criteria on the reference and record its answers.

    Where a criterion provides functions, accepted variants and mutants run it too: a student's
    code calls them as one of these does, rather than as the reference does.

    Raises
    ------
    CourseError
        The public rubric cannot be collected, or the reference loses a public criterion.
    """
    cases: dict[str, Track] = {}
    recorders: dict[str, CallRecorder] = {}
    defines = map_defined_names(assignment.reference_sources())

    class RecordingContext(CriterionContext):
        """Records each case."""

        def _track(self, case: str) -> Track:
            name = track_name(self._criterion, case)
            return cases.setdefault(name, Track(name))

        def reference_for(self, case: str) -> Any:
            return Recording(self._track(case), self.reference, "reference")

        def rng_for(self, case: str) -> Any:
            rng = generator(self._key.derive(self._criterion.id, case))
            self.submission.withhold(rng)
            return Recording(self._track(case), rng, "rng")

    def provide_for(info: CriterionInfo) -> Mapping[str, Callable[..., Any]]:
        if not info.provided:
            return {}
        recorder = recorders.setdefault(info.id, CallRecorder())
        recorder.begin()
        return {name: recorder.record(name, getattr(reference, name)) for name in info.provided}

    def serve(table: list[RunnableCriterion], plugin: RubricPlugin) -> None:
        recording = Rubric(
            assignment,
            table,
            reference,
            plugin,
            defines,
            RecordingContext,
            brings_data=True,
            provide_for=provide_for,
        )
        granted = frozenset(name for one in table for name in one.info.after)
        Exam(
            recording,
            _request("reference", Sources(assignment.reference_sources()), earned=granted),
            services,
        ).run()
        others = replace(recording, make_context=CriterionContext)
        for sources in _other_solutions(assignment) if recorders else ():
            request = _request("submission", sources, criteria=frozenset(recorders), earned=granted)
            Exam(others, request, HomeServices(spawner)).run()

    criteria = _collect(assignment, serve)
    lost = [record for record in services.records if not record.has_full_marks]
    if lost:
        named = "\n".join(f"  {record.id}: {record.message}" for record in lost)
        raise CourseError(
            f"The reference of {assignment.id!r} loses public criteria, so there is no "
            f"tape:\n{named}"
        )
    named_in = {
        name: defines[name]
        for one in criteria
        for name in (*one.tests, *one.provided)
        if name in defines
    }
    return Tape(
        rubric=digest_rubric(assignment.rubric / "public"),
        cases={name: tuple(track.events) for name, track in cases.items()},
        defines=dict(sorted(named_in.items())),
        calls={name: tuple(one.calls) for name, one in recorders.items()},
        signatures={
            name: found
            for one in recorders.values()
            for name, found in sorted(one.signatures.items())
        },
    )


def _other_solutions(assignment: Assignment) -> Iterator[Sources]:
    reference = assignment.reference_sources()
    for one in (*load_accepted(assignment), *load_mutants(assignment)):
        yield Sources(apply_mutant(reference, one))


def track_name(criterion: CriterionInfo, case: str) -> str:
    """Return the name of a case on a tape."""
    return f"{criterion.id}[{case}]" if case else criterion.id


def _request(
    kind: Kind,
    sources: Sources,
    unattempted: frozenset[str] = frozenset(),
    criteria: frozenset[str] | None = None,
    earned: frozenset[str] = frozenset(),
) -> ExamRequest:
    """Return a request for all or some public criteria.

    Prerequisites that are hidden here are taken for earned.
    """
    return ExamRequest(_HOME_KEY.key, kind, sources, unattempted, False, criteria, earned, {})


def _collect(
    assignment: Assignment, serve: Callable[[list[RunnableCriterion], RubricPlugin], None]
) -> list[CriterionInfo]:
    """Collect the public criteria and serve them.

    Raises
    ------
    CourseError
        The public criteria cannot be collected, or there are none.
    """
    criteria: list[CriterionInfo] = []

    def serve_items(items: list[pytest.Item]) -> None:
        if not plugin.problems:
            table = group_items(assignment, items)
            criteria.extend(one.info for one in table)
            serve(table, plugin)

    plugin = RubricPlugin(serve_items)
    with _own_environment(), beside_data(assignment):
        code = collect_rubric(plugin, assignment.rubric / "public")
    if (
        code == pytest.ExitCode.INTERRUPTED and not plugin.problems
    ):  # pytest keeps the exception to itself
        raise KeyboardInterrupt
    if plugin.problems or code > 1 or not criteria:  # 1: a criterion was lost, which is no error
        raise CourseError(
            "\n".join(plugin.problems)
            or f"the public criteria were not collected (pytest says {code})"
        )
    return criteria


@contextlib.contextmanager
def _own_environment() -> Iterator[None]:
    """Keep foreign plugins and options out of the rubric's pytest.

    They may be installed in the Python that runs this.
    """
    before = {
        name: os.environ.get(name)
        for name in ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_ADDOPTS", "PYTEST_PLUGINS")
    }
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    for name in before:
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
