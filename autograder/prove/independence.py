"""Findings about criteria's independence, checks and use of limits.

They should not depend on mistakes in other exercises, on other submissions, or on the order in
which they run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from autograder.course import Assignment, CriterionInfo, load_mutants
from autograder.prove.model import Finding, ProvedCriterion, Subject, SubjectKind, Trial
from autograder.prove.reach import changed_names, find_under_test, map_users, names_in
from autograder.records.criterion import CriterionRecord
from autograder.station import Station

STUDENT = "seed 0"
_Shown = Mapping[str, tuple[object, ...]]


# mistakes in other exercises ----------------------------------------------------------------------


def find_cascades(
    assignment: Assignment, subjects: Iterable[Subject], criteria: Sequence[CriterionInfo]
) -> Iterator[Finding]:
    """Yield mutants that lose points in an unrelated exercise.

    The mutant changes nothing that is under test there.

    It is no cascade where the criterion comes ``after`` one that is lost in the mistake's own
    exercise, which the student is told; and it is a declared one where the mutant gives its reason
    among its ``cascades``.
    """
    reference = assignment.reference_sources()
    changed = {one.name: changed_names(one.source, reference) for one in load_mutants(assignment)}
    by_id = {one.id: one for one in criteria}
    users = map_users(reference)
    for subject in subjects:
        if subject.kind is SubjectKind.MUTANT:
            yield from _cascades_of(
                subject, find_under_test(changed[subject.name], users, criteria), by_id
            )


def _cascades_of(
    subject: Subject, touched: set[str], by_id: Mapping[str, CriterionInfo]
) -> Iterator[Finding]:
    """Yield a subject's unexplained losses."""
    own = {one.exercise for one in by_id.values() if names_in(one, touched)}
    lost_at_home = {name for name in subject.loses if by_id[name].exercise in own}
    for name in subject.loses:
        is_away = name not in lost_at_home
        is_explained = name in subject.cascades or bool(_before(by_id[name], by_id) & lost_at_home)
        if is_away and not is_explained:
            what = (
                f"loses {name}, though it changes nothing that exercise {by_id[name].exercise} "
                f"tests: name {_listed(touched)} in "
                "`provided` or `after` there, or say in the mutant why it must be so (`cascades` "
                f"with `{name}`)"
            )
            yield Finding(subject=subject.name, what=what)
        elif name in subject.cascades and not is_away:
            what = (
                f"declares a cascade to {name}, which tests what the mutant changes: take that away"
            )
            yield Finding(subject=subject.name, what=what)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "what it changes"


def _before(criterion: CriterionInfo, by_id: Mapping[str, CriterionInfo]) -> set[str]:
    """Everything that a criterion comes after, directly or not."""
    found: set[str] = set()
    waiting = list(criterion.after)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += by_id[name].after
    return found


# other submissions, and the order of criteria -----------------------------------------------------


def find_order_effects(
    station: Station, subjects: Sequence[Subject], sources: Mapping[str, Mapping[str, str]]
) -> Iterator[Finding]:
    """Yield the differences that an order of gradings makes.

    On one station, A is graded before B and B before A, and the criteria run forwards and
    backwards. A is the reference and B the mutant that loses most, which could leave something
    behind.
    """
    mutants = [one for one in subjects if one.kind is SubjectKind.MUTANT]
    names = ["reference", *([max(mutants, key=lambda one: len(one.loses)).name] if mutants else [])]
    first, again = (
        {name: _examine(station, sources[name]) for name in order} for order in (names, names[::-1])
    )
    backwards = {name: _examine(station, sources[name], is_backwards=True) for name in names}
    for name in names:
        where = f"in one of two gradings with the same draws, {' and '.join(names)} in either order"
        yield from _differences(station, name, first[name], again[name], where)
        yield from _differences(
            station, name, first[name], backwards[name], "when the criteria run in reversed order"
        )


def _examine(
    station: Station, sources: Mapping[str, str], *, is_backwards: bool = False
) -> Mapping[str, CriterionRecord]:
    """Records of every criterion, without regard to ``after``."""
    ids = [one.id for one in station.criteria]
    request = station.alone(station.request(STUDENT, station.read_sources(sources)))
    return station.examine(replace(request, order=tuple(ids[::-1])) if is_backwards else request)


def _differences(
    station: Station,
    subject: str,
    before: Mapping[str, CriterionRecord],
    after: Mapping[str, CriterionRecord],
    where: str,
) -> Iterator[Finding]:
    for one in station.criteria:
        pair = before[one.id], after[one.id]
        shown = [(record.outcome, record.fraction, record.kind, record.checks) for record in pair]
        if shown[0] != shown[1]:
            outcomes = " and then ".join(
                f"{record.outcome}{f' ({record.message})' if record.message else ''}"
                for record in pair
            )
            what = f"{one.id} comes to {outcomes} {where}{_tested_at(station.assignment, one)}"
            yield Finding(subject="order", what=f"{subject}: {what}", seed=STUDENT)


def _tested_at(assignment: Assignment, criterion: CriterionInfo) -> str:
    """Return the places of a criterion's tested functions in the reference."""
    places = [
        f"{assignment.relative(assignment.reference / file)}, line {node.lineno}"
        for file, text in assignment.reference_sources().items()
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in criterion.tests
    ]
    return f"; it tests {' and '.join(places)}" if places else ""


MAX_SHARE_OF_TOLERANCE = 0.1  # that an error of the reference may take up
# of CPU time, or of memory, that the reference may need: honest work needs more than it
MAX_SHARE_OF_LIMIT = 0.5


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
            reference_mib=max(
                (trial.memory_mib[one.id] for trial in own if one.id in trial.memory_mib),
                default=None,
            ),
            used=max((trial.used.get(one.id, 0.0) for trial in own), default=0.0),
            too_fine=tuple(
                dict.fromkeys(name for trial in own for name in trial.too_fine.get(one.id, ()))
            ),
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
            what = (
                f"the reference's error in {one.id} is {100 * one.used:.0f} % of the tolerance, "
                "so that other right answers may fail"
            )
            yield Finding(subject="flakes", what=what)
        if one.too_fine:
            what = (
                f"{one.id} compares {one.too_fine[0]} more finely than float32 rounds, so that "
                "work in float32 passes or fails by the "
                'draw: allow more, or say precision="float64"'
            )
            yield Finding(subject="flakes", what=what)


def find_waste(criteria: Iterable[ProvedCriterion]) -> Iterator[Finding]:
    """Yield criteria that use too much of a limit.

    The reference needs so much of it that honest work would meet it.
    """
    for one in criteria:
        if one.reference_s > MAX_SHARE_OF_LIMIT * one.limit_s:
            what = (
                f"the reference used {one.reference_s:.1f} s of CPU time for {one.id}, of which "
                f"{one.limit_s:g} s are allowed"
            )
            yield Finding(subject="limits", what=what)
        if one.reference_mib is not None and one.reference_mib > MAX_SHARE_OF_LIMIT * one.limit_mib:
            what = (
                f"the reference used {one.reference_mib:.0f} MiB of memory for {one.id}, of "
                f"which {one.limit_mib} MiB are allowed"
            )
            yield Finding(subject="limits", what=what)


_FIXED = {"unpack", "assert_array", "len"}  # what these return does not vary with the answer
_CHECKS = {"check", "unpack"}
_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
_DISPLAYS = (ast.List, ast.Tuple, ast.Dict, ast.Constant, ast.Lambda, ast.Compare)


def find_counts(assignment: Assignment) -> Iterator[Finding]:
    """Yield each rubric loop with one check per part.

    The parts are those of an answer.
    """
    for path in (
        *sorted(assignment.rubric.glob("*.py")),
        *sorted(assignment.rubric.glob("public/*.py")),
    ):
        for line, over in find_loops(path.read_text(encoding="utf-8")):
            what = (
                f"{assignment.relative(path)}, line {line}: one check for each part of `{over}`, "
                "so that a right "
                "submission with fewer parts loses: make one check of all of them, or `unpack` the "
                "answer first"
            )
            yield Finding(subject="counts", what=what)


def find_loops(source: str) -> Iterator[tuple[int, str]]:
    """Yield the loops whose checks follow the submission's answer.

    Each is a line and the iterable.
    """
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    checking = _CHECKS | {one.name for one in functions if _has_check(one.body, _CHECKS)}
    for function in functions:
        derived = _derived(function)
        for node in ast.walk(function):
            if (
                isinstance(node, ast.For)
                and _follows(node.iter, derived)
                and _has_check(node.body, checking)
            ):
                yield node.lineno, ast.unparse(node.iter)


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _has_check(body: Sequence[ast.stmt], checking: set[str]) -> bool:
    nodes = [node for statement in body for node in ast.walk(statement)]
    names = {_called(node) for node in nodes}
    return (
        any(isinstance(node, ast.Assert) for node in nodes)
        or bool(names & checking)
        or any(name.startswith("assert_") for name in names)
    )


def _derived(function: ast.FunctionDef) -> set[str]:
    """Collect the names whose length may follow from an answer."""
    derived, before = {"submission"}, set[str]()
    while derived != before:
        before = set(derived)
        for node in ast.walk(function):
            for target, value in _bindings(node):
                if _follows(value, derived):
                    derived |= {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
    return derived


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name | ast.Tuple | ast.List):
                yield target, node.value
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        if isinstance(node.target, ast.Name):
            yield node.target, node.value
    elif isinstance(node, ast.For | ast.comprehension):
        yield node.target, node.iter


def _follows(node: ast.expr, derived: set[str]) -> bool:
    """Return True if an answer may determine a value's length."""
    if isinstance(node, ast.Name):
        return node.id in derived
    if isinstance(node, _DISPLAYS) or _called(node) in _FIXED:
        return False
    if isinstance(node, _Comprehension):
        return any(_follows(one.iter, derived) for one in node.generators)
    if isinstance(node, ast.Call) and _called(node) == "zip":
        found = [_follows(one, derived) for one in node.args]
        is_strict = any(
            one.arg == "strict" and getattr(one.value, "value", False) for one in node.keywords
        )
        return all(found) if is_strict else any(found)
    if isinstance(node, ast.Call) and _called(node) == "range":
        return any(
            _called(one) == "len" and _follows(one.args[0], derived)
            for argument in node.args
            for one in ast.walk(argument)
            if isinstance(one, ast.Call) and one.args
        )
    parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return any(_follows(one, derived) for one in [*parts, *(one.value for one in keywords)])
