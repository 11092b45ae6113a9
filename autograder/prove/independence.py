"""The independence of criteria.

They should not depend on mistakes in other exercises, on other submissions, or on the order in
which they run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from autograder.course import Assignment, CriterionInfo, load_mutants
from autograder.prove.changes import changed_names, find_under_test, find_users, names_in
from autograder.prove.model import Finding, Subject, SubjectKind
from autograder.records.criterion import CriterionRecord
from autograder.station import Station

STUDENT = "seed 0"
_Shown = Mapping[str, tuple[object, ...]]


# mistakes in other exercises ------------------------------------------------------------------------------------


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
    users = find_users(reference)
    for subject in subjects:
        if subject.kind is SubjectKind.MUTANT:
            yield from _cascades_of(subject, find_under_test(changed[subject.name], users, criteria), by_id)


def _cascades_of(subject: Subject, touched: set[str], by_id: Mapping[str, CriterionInfo]) -> Iterator[Finding]:
    """Yield a subject's unexplained losses."""
    own = {one.exercise for one in by_id.values() if names_in(one, touched)}
    lost_at_home = {name for name in subject.loses if by_id[name].exercise in own}
    for name in subject.loses:
        is_away = name not in lost_at_home
        is_explained = name in subject.cascades or bool(_before(by_id[name], by_id) & lost_at_home)
        if is_away and not is_explained:
            what = (
                f"loses {name}, though it changes nothing that exercise {by_id[name].exercise} tests: name {_listed(touched)} in "
                f"`provided` or `after` there, or say in the mutant why it must be so (`cascades` with `{name}`)"
            )
            yield Finding(subject=subject.name, what=what)
        elif name in subject.cascades and not is_away:
            what = f"declares a cascade to {name}, which tests what the mutant changes: take that away"
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


# other submissions, and the order of criteria -------------------------------------------------------------------


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
    first, again = ({name: _examine(station, sources[name]) for name in order} for order in (names, names[::-1]))
    backwards = {name: _examine(station, sources[name], is_backwards=True) for name in names}
    for name in names:
        where = f"in one of two gradings with the same draws, {' and '.join(names)} in either order"
        yield from _differences(station, name, first[name], again[name], where)
        yield from _differences(station, name, first[name], backwards[name], "when the criteria run in reversed order")


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
                f"{record.outcome}{f' ({record.message})' if record.message else ''}" for record in pair
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
