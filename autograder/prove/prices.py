"""The price of one mistake.

It is the points that the mistake costs beside the function it is in.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.course import Assignment, CriterionInfo, load_mutants
from autograder.course.problems import Problem, did_you_mean, raise_problems
from autograder.prove.model import Finding, Trial
from autograder.prove.mutants import MutationRun
from autograder.prove.reach import (
    changed_names,
    find_given,
    find_under_test,
    map_users,
    names_in,
)
from autograder.records.report import earned_points, total_points
from autograder.report.words import count_text


def load_entries(assignment: Assignment, file: str, table: str) -> tuple[list[dict[str, Any]], str]:
    """Load an array of tables, and the file's text.

    Both are empty if there is no such file.

    Raises
    ------
    CourseError
        The file is not TOML.
    """
    path = assignment.folder / file
    if not path.is_file():
        return [], ""
    text = path.read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = []
    try:
        entries = tomllib.loads(text).get(table, [])
    except tomllib.TOMLDecodeError as error:
        where = assignment.relative(path)
        raise_problems(
            assignment.id,
            [Problem(where, "", f"not TOML: {error}", "Write it as TOML: https://toml.io.")],
        )
    return entries, text


FILE = "costly.toml"
ELSEWHERE = 5.0  # points in criteria that do not test what a mistake is in, from which it is listed
SHARE = 0.5  # of an exercise of several functions, above which it is listed
_SHOWN = 4  # mistakes that a finding names
_FORM = (
    'Write [[costly]], function = "adam", criteria = ["o2_adamw"], and reason = "why it is '
    'right that they cost".'
)


class Excuse(BaseModel):
    """Criteria that may cost points where one function is wrong.

    Attributes
    ----------
    function
        Of the reference: ``f``, ``Class`` or ``Class.method``. What it defines is excused with it.
    criteria
        Their points do not count.
    reason
        For readers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    function: str = Field(min_length=1)
    criteria: list[str] = Field(min_length=1)
    reason: str = Field(min_length=10)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in the reference, and the points that it lost.

    Attributes
    ----------
    name
        Of the mutant.
    changed
        Functions under test that it is in.
    lost
        Points lost, per criterion.
    """

    name: str
    changed: frozenset[str]
    lost: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Price:
    """The excessive losses of a mistake.

    Attributes
    ----------
    elsewhere
        Points in criteria that do not test what it is in, if they are too many.
    own
        Points in criteria of one exercise that do, if they are too many.
    """

    changed: frozenset[str]
    elsewhere: Mapping[str, float] = field(default_factory=dict)
    own: Mapping[str, float] = field(default_factory=dict)


def load_excuses(assignment: Assignment, criteria: Iterable[CriterionInfo]) -> list[Excuse]:
    """Load ``costly.toml``.

    An assignment without the file excuses nothing.

    Raises
    ------
    CourseError
        An entry is malformed. The error names every such entry.
    """
    entries, _ = load_entries(assignment, FILE, "costly")
    where = assignment.relative(assignment.folder / FILE)
    known = {one.id for one in criteria}
    excuses, problems = list[Excuse](), list[Problem]()
    for number, entry in enumerate(entries, 1):
        place = f"{where}, entry {number}"
        try:
            excuses.append(Excuse.model_validate(entry))
        except ValidationError as error:
            first = error.errors()[0]
            problems.append(Problem(place, ".".join(map(str, first["loc"])), first["msg"], _FORM))
            continue
        for name in excuses[-1].criteria:
            if name not in known:
                remedy = did_you_mean(name, known, "Use the id of a criterion of this assignment.")
                problems.append(Problem(place, "criteria", f"`{name}` is no criterion", remedy))
    raise_problems(assignment.id, problems)
    return excuses


def find_costly(
    assignment: Assignment,
    criteria: Sequence[CriterionInfo],
    trials: Iterable[Trial],
    generated: MutationRun | None,
) -> Iterator[Finding]:
    """Yield functions where one mistake costs too much.

    Excuses that excuse nothing are found, too.

    Parameters
    ----------
    trials
        Of declared mutants; others are passed over.
    generated
        Mistakes made by rule, if they were tried. Those in functions that students are given
        whole have no price.
    """
    excuses = load_excuses(assignment, criteria)
    reference = assignment.reference_sources()
    users = map_users(reference)
    given = find_given(reference, assignment.template_sources())
    by_rule = [one for one in generated.mutants if one.function not in given] if generated else []
    changed = {
        one.name: changed_names(one.source, reference)
        for one in load_mutants(assignment)
        if not one.nothing_right
    }
    points = {one.id: one.points for one in criteria}
    found = [
        *(
            (one.subject, changed[one.subject], find_losses(points, one.fractions))
            for one in trials
            if one.subject in changed
        ),
        *((one.key, {one.function}, one.lost) for one in by_rule),
    ]
    mistakes = [
        Mistake(name, frozenset(find_under_test(names, users, criteria)), lost)
        for name, names, lost in found
    ]
    yield from _too_dear(mistakes, criteria, excuses)
    if any(one.lost for one in by_rule):  # else an excuse may be needed for one that was not tried
        yield from _needless(mistakes, criteria, excuses)


def find_losses(points: Mapping[str, int], fractions: Mapping[str, float]) -> dict[str, float]:
    """Return the points that each criterion lost, of those without full marks.

    Parameters
    ----------
    points
        Of each criterion.
    fractions
        The share of its points that a criterion earned.
    """
    return {
        name: points[name] - earned_points(points[name], share) for name, share in fractions.items()
    }


def price_of(
    mistake: Mistake, criteria: Sequence[CriterionInfo], excuses: Iterable[Excuse]
) -> Price | None:
    """Return a mistake's excessive losses, or None.

    Points are too many where criteria that do not test the changed function lose `ELSEWHERE` or
    more, or where criteria that do test it lose more than `SHARE` of an exercise that tests
    several functions.
    """
    excused = {name for one in excuses if _concerns(one, mistake) for name in one.criteria}
    lost = {name: amount for name, amount in mistake.lost.items() if amount and name not in excused}
    by_id = {one.id: one for one in criteria}
    elsewhere = {
        name: amount for name, amount in lost.items() if not names_in(by_id[name], mistake.changed)
    }
    if total_points(elsewhere.values()) < ELSEWHERE:
        elsewhere = {}
    own: dict[str, float] = {}
    for exercise in dict.fromkeys(one.exercise for one in criteria):
        members = [one for one in criteria if one.exercise == exercise]
        here = {
            one.id: lost[one.id]
            for one in members
            if one.id in lost and names_in(one, mistake.changed)
        }
        is_shared = any(not _is_in(name, mistake.changed) for one in members for name in one.tests)
        if (
            is_shared
            and len(here) > 1
            and total_points(here.values()) > SHARE * sum(one.points for one in members)
        ):
            own |= here
    return Price(mistake.changed, elsewhere, own) if elsewhere or own else None


def _concerns(excuse: Excuse, mistake: Mistake) -> bool:
    """Return True if a mistake is inside the excused function."""
    return any(_is_inside(name, excuse.function) for name in mistake.changed)


def _is_in(tested: str, changed: Iterable[str]) -> bool:
    return any(_is_inside(tested, name) for name in changed)


def _is_inside(name: str, outer: str) -> bool:
    """Return True if ``name`` is ``outer``, or something that it defines."""
    return name == outer or name.startswith(f"{outer}.")


def _too_dear(
    mistakes: Iterable[Mistake], criteria: Sequence[CriterionInfo], excuses: Sequence[Excuse]
) -> Iterator[Finding]:
    """Yield one finding per function and list of criteria.

    It has the mistakes that cost these criteria.
    """
    found: dict[tuple[frozenset[str], tuple[str, ...], tuple[str, ...]], dict[str, Price]] = (
        defaultdict(dict)
    )
    for mistake in mistakes:
        price = price_of(mistake, criteria, excuses)
        if price is not None:
            found[price.changed, tuple(price.elsewhere), tuple(price.own)][mistake.name] = price
    for (changed, _, _), prices in found.items():
        names = list(prices)
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        price = max(
            prices.values(),
            key=lambda one: total_points([*one.elsewhere.values(), *one.own.values()]),
        )
        what = (
            f"a mistake in {_listed(changed)} ({', '.join(names[:_SHOWN])}{more}) costs "
            f"{_sums(price)}"
        )
        yield Finding(subject="prices", what=f"{what}: mend that, or excuse it in {FILE}")


def _sums(price: Price) -> str:
    parts = []
    if price.elsewhere:
        parts.append(
            f"{_amount(price.elsewhere)} in criteria that do not test it ({_each(price.elsewhere)})"
        )
    if price.own:
        own = f"{_amount(price.own)} in {count_text(len(price.own), 'criterion', 'criteria')}"
        parts.append(f"{own} of its own, more than half of the exercise ({_each(price.own)})")
    return " and ".join(parts)


def _amount(lost: Mapping[str, float]) -> str:
    return f"{total_points(lost.values()):g} points"


def _each(lost: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {amount:g}" for name, amount in lost.items())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "nothing under test"


def _needless(
    mistakes: Sequence[Mistake], criteria: Sequence[CriterionInfo], excuses: Sequence[Excuse]
) -> Iterator[Finding]:
    for excuse in excuses:
        others = [one for one in excuses if one is not excuse]
        if not any(
            price_of(one, criteria, others) != price_of(one, criteria, excuses)
            for one in mistakes
            if _concerns(excuse, one)
        ):
            what = (
                f"{FILE} excuses `{excuse.function}` in {', '.join(excuse.criteria)}, where "
                "nothing is too dear"
            )
            yield Finding(subject="prices", what=what)
