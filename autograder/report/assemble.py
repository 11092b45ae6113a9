"""Assembles a report from records.

These are pure functions without I/O.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import metadata
from types import MappingProxyType

from autograder.course import Assignment, CriterionInfo
from autograder.course.facts import DefinitionFacts, Flag, LargeLiteral, SourceFacts
from autograder.records.criterion import CriterionRecord, Data, LoadingRecord
from autograder.records.evidence import Evidence
from autograder.records.outcome import Limits, Outcome, Strength
from autograder.records.report import (
    AssignmentRecord,
    Criterion,
    Environment,
    ExceptionRecord,
    Frame,
    LimitRecord,
    Output,
    SubmittedFile,
    earned_points,
)
from autograder.report.feedback import builtin_type
from autograder.rubric.sources import Paths
from autograder.sandbox.seam import Sandbox

_DISTRIBUTION = "warmfork-autograder"
MAX_FLAGS = 50
_REPEATED = re.compile(r"`(?P<name>\w+)[\w.]*` is defined (?:twice|[\d,]+ times), ")
_ABSENT = re.compile(
    r"No module named '(?P<package>\w{1,100})[\w.]*' \(`(?P=package)` (?P<why>is not installed "
    r"where this is graded"
    r"|was not handed in)\)"
)
_MAX_EXPLAINED = 2
_BY_VALUES = frozenset({"wrong values", "shape"})
# of an exercise's hidden points: less is lost by a single honest mistake, too
_SUSPICIOUS_SHARE = 0.5


@cache
def grader_version() -> str:
    """The version of this package."""
    return metadata.version(_DISTRIBUTION)


def assignment_record(assignment: Assignment) -> AssignmentRecord:
    """Return the record of the graded assignment."""
    return AssignmentRecord(
        id=assignment.id,
        title=assignment.title,
        digest=assignment.digest,
        max_points=assignment.points,
    )


def criteria_of(  # noqa: PLR0913  # what a report on a criterion is made of
    assignment: Assignment,
    criteria: Sequence[CriterionInfo],
    records: Mapping[str, CriterionRecord],
    *,
    facts: SourceFacts | None = None,
    titles: Mapping[str, str] = MappingProxyType({}),
    loading: LoadingRecord | None = None,
) -> tuple[Criterion, ...]:
    """Return every criterion of the rubric with its result.

    Parameters
    ----------
    facts, loading
        What the source of the submission says, and how it loaded: by both, causes of hidden
        criteria are found.
    titles
        What the student called each declared file.
    """
    exercises = {exercise.id: exercise.title for exercise in assignment.exercises}
    lost = dict(loading.lost) if loading is not None else {}
    absent = _absent_packages([records[info.id] for info in criteria if info.public])
    return tuple(
        _criterion(
            info,
            exercises.get(info.exercise, ""),
            records[info.id],
            _find_cause(info, records[info.id], facts, lost, absent) if facts is not None else "",
            _places(info, facts, titles)
            if facts is not None and records[info.id].exception is not None
            else frozenset(),
        )
        for info in criteria
    )


def _absent_packages(records: Sequence[CriterionRecord]) -> dict[str, str]:
    """Find the absent packages that functions import, with reasons.

    They are found in the records of criteria that are shown in full.
    """
    texts = [
        str(record.exception.get("text", "")) for record in records if record.exception is not None
    ]
    found = [match for match in map(_ABSENT.fullmatch, texts) if match is not None]
    return {match["package"]: match["why"] for match in found}


def _find_cause(
    info: CriterionInfo,
    record: CriterionRecord,
    facts: SourceFacts,
    lost: Mapping[str, str],
    absent: Mapping[str, str],
) -> str:
    """Return a sentence on absent names that a hidden criterion uses.

    It is empty unless an error says that a name or a package was missing.

    Nothing of it was said while the criterion ran, so that it can carry no hidden input: that a
    name or a package was missing is shown anyway, which ones are used stands in the source, and
    that they are not there was learned while loading or from public criteria.
    """
    exception = _exception(record.exception)
    if info.public or record.outcome is not Outcome.RAISED or exception is None:
        return ""
    tested = {name.partition(".")[0] for name in info.tests}
    roots = {one.qualname for one in facts.definitions if one.qualname.partition(".")[0] in tested}
    reached = [one.piece for one in Paths(facts).reach(*roots) if one.piece.qualname]
    if builtin_type(exception) == ModuleNotFoundError.__name__:
        functions = {one.qualname for one in reached}
        imported = [
            one.module.partition(".")[0] for one in facts.imports if one.function in functions
        ]
        packages = [name for name in dict.fromkeys(imported) if name in absent]
        return " ".join(
            f"It imports `{name}`, which {absent[name]}." for name in packages[:_MAX_EXPLAINED]
        )
    return _lost_names(reached, lost) if builtin_type(exception) == NameError.__name__ else ""


def _lost_names(reached: Sequence[DefinitionFacts], lost: Mapping[str, str]) -> str:
    used = frozenset[str]().union(*(one.names for one in reached))
    found: dict[str, list[str]] = {}
    for name, why in lost.items():
        if name in used:
            found.setdefault(why, []).append(f"`{name}`")
    return " ".join(
        f"It uses {' and '.join(names[:_MAX_EXPLAINED])}, which "
        f"{'was' if len(names) == 1 else 'were'} not loaded: {why}"
        for why, names in list(found.items())[:_MAX_EXPLAINED]
    )


def join_notes(read: Sequence[str], loading: LoadingRecord) -> tuple[str, ...]:
    """Put notes on reading and on loading together.

    The source alone does not tell which of two definitions counts if loading went otherwise than it
    stands there: then what loading says is left.
    """
    settled = {*loading.settled}
    found = ((note, _REPEATED.match(note)) for note in read)
    kept = [note for note, repeated in found if repeated is None or repeated["name"] not in settled]
    return (*kept, *loading.notes)


def _places(
    info: CriterionInfo, facts: SourceFacts, titles: Mapping[str, str]
) -> frozenset[tuple[str, int]]:
    """Find the lines of code in functions under test.

    Files and lines are named as in tracebacks.
    """
    tested = {name.partition(".")[0] for name in info.tests}
    found = [one for one in facts.definitions if one.qualname in tested]
    return frozenset((_cell_name(one, titles), line) for one in found for line in one.lines)


def _criterion(
    info: CriterionInfo,
    exercise_title: str,
    record: CriterionRecord,
    cause: str,
    places: Collection[tuple[str, int]],
) -> Criterion:
    points = earned_points(info.points, record.fraction)
    return Criterion(
        id=info.id,
        exercise=info.exercise,
        exercise_title=exercise_title,
        title=info.title,
        points=points,
        max_points=info.points,
        outcome=record.outcome,
        fault=record.fault,
        public=info.public,
        message=record.message,
        cause=cause,
        kind=record.kind,
        hint=info.hint if record.outcome is not Outcome.PASSED else "",
        duration_s=record.duration_s,
        cpu_s=max(0.0, record.cpu_s),
        peak_memory_mib=record.peak_memory_mib,
        output=Output(stdout=record.stdout, stderr=record.stderr),
        exception=_exception(record.exception, places),
        evidence=None if record.evidence is None else Evidence.model_validate(record.evidence),
        notes=record.notes,
        checks=record.checks,
        cases=record.cases,
        cases_passed=record.cases_passed,
        testimony=info.testimony,
        has_provided=bool(info.provided),
    )


def _exception(
    data: Data | None, places: Collection[tuple[str, int]] = ()
) -> ExceptionRecord | None:
    if data is None:
        return None
    frames = tuple(
        Frame(**frame, is_tested=(frame.get("file"), frame.get("line")) in places)
        for frame in data.get("frames", ())[-100:]
    )
    return ExceptionRecord(
        type=data["type"], text=data.get("text", ""), frames=frames, builtin=data.get("builtin")
    )


def environment_of(
    sandbox: Sandbox | None, limits: Limits, *, threads: int, gpu: str | None = None
) -> Environment:
    """Return the environment that a submission is graded in.

    It tells how strongly each limit is applied there.

    Parameters
    ----------
    sandbox
        None where there is none: in this very process.
    gpu
        What criteria that want a GPU had.
    """
    image = sandbox.image if sandbox else None
    versions = _versions_here() if image is None else image.versions
    strengths = sandbox.strengths if sandbox else {}
    runtime = f" ({sandbox.runtime})" if sandbox and sandbox.runtime else ""
    return Environment(
        sandbox=f"{sandbox.name}{runtime}" if sandbox else "inline",
        image=f"{image.name} {image.id}" if image else None,
        python=versions["python"],
        numpy=versions.get("numpy", "unknown"),
        tensorflow=versions.get("tensorflow"),
        keras=versions.get("keras"),
        gpu=gpu,
        platform=f"{sys.platform} {platform.machine()} {platform.release()}",
        threads=threads,
        limits=_limit_records(limits, strengths),
    )


def _limit_records(limits: Limits, strengths: Mapping[str, Strength]) -> dict[str, LimitRecord]:
    values = {
        "cpu": (limits.cpu_s, "s"),
        "wall": (limits.wall_s, "s"),
        "memory": (limits.memory_mib, "MiB"),
        "pids": (limits.pids, "processes"),
        "disk": (limits.disk_mib, "MiB"),
        "inodes": (limits.inodes, "files"),
        "open_files": (limits.open_files, "files"),
        "output": (2.0 * limits.output_kib, "KiB"),
        "network": (0.0, "addresses"),
    }
    return {
        name: LimitRecord(value=values[name][0], unit=values[name][1], strength=strength)
        for name, strength in strengths.items()
        if name in values
    }


@cache  # it parses the distribution's metadata: half a millisecond
def _versions_here() -> dict[str, str]:
    found = {name: _version(name) for name in ("numpy", "tensorflow", "keras")}
    return {
        "python": platform.python_version(),
        **{name: one for name, one in found.items() if one is not None},
    }


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def timestamp(moment: datetime) -> datetime:
    """Return a moment without microseconds, as reports show it."""
    return moment.replace(microsecond=0)


def submitted_files(files: Iterable[str], titles: Mapping[str, str]) -> tuple[SubmittedFile, ...]:
    """List the graded files under their student's names for them."""
    named = [(name, titles.get(name, name)) for name in files]
    return tuple(
        SubmittedFile(name=title, declared=name if name != title else "") for name, title in named
    )


def describe_flags(facts: SourceFacts, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence on each flag for staff."""
    flags = [f"{_place(flag, titles)}: {flag.kind}: `{flag.name}`." for flag in facts.flags]
    literals = [
        f"{_place(one, titles)}: a large {one.kind} ({one.size})." for one in facts.literals
    ]
    return tuple((flags + literals)[:MAX_FLAGS])


def flag_answers_by_heart(
    criteria: Sequence[CriterionInfo], records: Mapping[str, CriterionRecord], facts: SourceFacts
) -> tuple[str, ...]:
    """Return a flag for each exercise with answers by heart.

    It looks as if the answers to its public criteria stood in the submission. A flag is one
    sentence.

    All public criteria are passed, of the hidden ones that compare answers with expected ones every
    one is lost by its values or their shapes, and the functions of the exercise hold numbers or
    texts that could be answers. A model whose outputs go through the wrong activation, or are of
    little precision, loses the same and holds none. An honest mistake can look the same: it is for
    staff to look at, and costs nothing.
    """
    exercises = {
        info.exercise: [one for one in criteria if one.exercise == info.exercise]
        for info in criteria
    }
    return tuple(
        f"Exercise {exercise}: passes every public criterion, and no hidden one that compares "
        "values"
        f" ({', '.join(lost)}). Are answers written down?"
        for exercise, members in exercises.items()
        if (lost := _lost_by_values(members, records)) and _holds_answers(members, facts)
    )


def _holds_answers(members: Sequence[CriterionInfo], facts: SourceFacts) -> bool:
    """Return True if an exercise's functions hold possible answers.

    These are literals that could be answers.
    """
    paths = Paths(facts)
    tested = {name.partition(".")[0] for one in members for name in one.tests}
    known = [name for name in sorted(tested) if paths.is_known(name)]
    reached = (
        [one.piece for one in paths.reach(*known)]
        if known
        else (*facts.definitions, *facts.modules)
    )
    return any(piece.answers for piece in reached)


def _lost_by_values(
    members: Sequence[CriterionInfo], records: Mapping[str, CriterionRecord]
) -> list[str]:
    """Return the hidden criteria that compare values, all lost.

    It is empty unless they are all lost, most is lost with them, and every public criterion is
    passed.
    """
    known = [one for one in members if one.id in records]
    public = [records[one.id] for one in known if one.public]
    hidden = [one for one in known if not one.public]
    compared = [one for one in hidden if records[one.id].comparisons]
    is_suspicious = bool(public) and all(one.outcome is Outcome.PASSED for one in public)
    is_lost = all(
        records[one.id].outcome is Outcome.FAILED and records[one.id].kind in _BY_VALUES
        for one in compared
    )
    is_much = sum(one.points for one in compared) >= _SUSPICIOUS_SHARE * sum(
        one.points for one in hidden
    )
    return [one.id for one in compared] if is_suspicious and is_lost and is_much else []


def _place(one: Flag | LargeLiteral, titles: Mapping[str, str]) -> str:
    return f"{_cell_name(one, titles)}, line {one.line}"


def _cell_name(one: Flag | LargeLiteral | DefinitionFacts, titles: Mapping[str, str]) -> str:
    """Return a file's name in its student's words.

    In a notebook, it is followed by the number of the cell.
    """
    file = titles.get(one.file, one.file)
    return f"{file}, cell {one.cell}" if one.cell else file
