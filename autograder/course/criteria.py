"""Facts about criteria, and their checks against the assignment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from autograder.course.model import Assignment, Exercise
from autograder.course.names import map_defined_names
from autograder.course.problems import Problem, did_you_mean, raise_problems
from autograder.records.spec import CriterionSpec

MAX_TESTIMONY_SHARE = Fraction(1, 10)
MIN_PUBLIC_SHARE = Fraction(1, 10)
MAX_PUBLIC_SHARE = Fraction(3, 10)
MIN_HINT_WORDS = 5


@dataclass(frozen=True, slots=True)
class CriterionInfo(CriterionSpec):
    """One criterion of a rubric, without its code.

    Its id begins with the exercise's id and ``_``. Functions under test are names of the reference.

    Attributes
    ----------
    exercise
        The exercise that it belongs to.
    public
        True if students have its test and its inputs.
    cases
        Names of its parametrised cases as pytest gives them, in the order of collection; one empty
        name without any.
    """

    exercise: str = ""
    public: bool = False
    cases: tuple[str, ...] = ("",)

    @property
    def has_case_per_test(self) -> bool:
        """True if each function under test has one case, of its name.

        A function that is missing, or was not attempted, then loses its own case alone.
        """
        return sorted(self.cases) == sorted(self.tests)


def check_points(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> None:
    """Check that points add up and shares are in bounds.

    Raises
    ------
    CourseError
        The criteria of an exercise do not add up to it, there is too much testimony, or there are
        too few or too many public points. The error names every problem.
    """
    raise_problems(assignment.id, list(_point_problems(assignment, criteria)))


def check_criteria(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> None:
    """Check the ids, names, order and hints of criteria.

    Names must be those of the reference; hints are what the student reads.

    Raises
    ------
    CourseError
        An id, a name, an ``after`` or a hint is wrong. The error names every problem.
    """
    raise_problems(assignment.id, list(_criterion_problems(assignment, criteria)))


def check_rubric(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> None:
    """Both checks at once, so that all problems are told together.

    Raises
    ------
    CourseError
        As `check_points` and `check_criteria`.
    """
    problems = [*_criterion_problems(assignment, criteria), *_point_problems(assignment, criteria)]
    raise_problems(assignment.id, problems)


def _criterion_problems(
    assignment: Assignment, criteria: Sequence[CriterionInfo]
) -> Iterator[Problem]:
    yield from _duplicate_ids(assignment, criteria)
    yield from _misnamed(assignment, criteria)
    yield from _unknown_names(assignment, criteria)
    yield from _both_tested_and_provided(assignment, criteria)
    yield from _unknown_frameworks(assignment, criteria)
    yield from _gpus_unlike_settings(assignment, criteria)
    yield from _unknown_after(assignment, criteria)
    yield from _circular_after(assignment, criteria)
    yield from _poor_titles(assignment, criteria)
    yield from _poor_hints(assignment, criteria)
    yield from _duplicate_hints(assignment, criteria)


def _point_problems(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Problem]:
    yield from _worthless(assignment, criteria)
    for exercise in assignment.exercises:
        members = [one for one in criteria if one.exercise == exercise.id]
        yield from _uneven_exercise(assignment, exercise, members)
        yield from _public_share(assignment, exercise, members)
    yield from _testimony_share(assignment, criteria)


def _where(assignment: Assignment, criterion: CriterionInfo) -> str:
    folder = assignment.rubric / "public" if criterion.public else assignment.rubric
    return assignment.relative(folder / f"test_{criterion.exercise}.py")


def _duplicate_ids(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Problem]:
    counts = Counter(one.id for one in criteria)
    seen: dict[str, str] = {}
    for one in criteria:
        if counts[one.id] > 1 and one.id in seen:
            what = f"two criteria have this id, the other one in {seen[one.id]}"
            yield Problem(
                _where(assignment, one), one.id, what, "Rename the test function that is newer."
            )
        seen.setdefault(one.id, _where(assignment, one))


def _misnamed(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Problem]:
    known = {exercise.id for exercise in assignment.exercises}
    for one in criteria:
        where = _where(assignment, one)
        if one.exercise not in known:
            remedy = did_you_mean(one.exercise, known, "Give it points under [exercises].")
            yield Problem(
                where, one.id, f"exercise `{one.exercise}` is not in assignment.toml", remedy
            )
        if not one.id.startswith(f"{one.exercise}_"):
            remedy = f"Name the test function `test_{one.exercise}_...`."
            yield Problem(
                where, one.id, f"the id does not begin with its exercise, `{one.exercise}_`", remedy
            )


def _unknown_names(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Problem]:
    names = map_defined_names(assignment.reference_sources())
    for one in criteria:
        for parameter, wanted in (("tests", one.tests), ("provided", one.provided)):
            for name in wanted:
                if name not in names:
                    what = f"`{parameter}` names `{name}`, which no file of the reference defines"
                    files = ", ".join(assignment.files)
                    remedy = did_you_mean(
                        name, names, f"Use a name that {files} define at the top level."
                    )
                    yield Problem(_where(assignment, one), one.id, what, remedy)


def _both_tested_and_provided(
    assignment: Assignment, criteria: Sequence[CriterionInfo]
) -> Iterator[Problem]:
    for one in criteria:
        for name in sorted({*one.tests} & {*one.provided}):
            what = f"`{name}` is under test and provided, so the reference would be graded"
            yield Problem(
                _where(assignment, one),
                one.id,
                what,
                "Take it out of `tests` or out of `provided`.",
            )


def _unknown_frameworks(
    assignment: Assignment, criteria: Sequence[CriterionInfo]
) -> Iterator[Problem]:
    known = assignment.settings.frameworks
    for one in criteria:
        for name in one.uses:
            if name not in known:
                what = f"`uses` names `{name}`, which is not among the assignment's frameworks"
                remedy = did_you_mean(
                    name, known, f'Add "{name}" to `frameworks` in assignment.toml.'
                )
                yield Problem(_where(assignment, one), one.id, what, remedy)


def _gpus_unlike_settings(
    assignment: Assignment, criteria: Sequence[CriterionInfo]
) -> Iterator[Problem]:
    wanting = [one for one in criteria if one.gpu]
    if assignment.settings.limits.gpus == 0:
        for one in wanting:
            what = "it says gpu=True, and the assignment has no GPU"
            yield Problem(
                _where(assignment, one),
                one.id,
                what,
                "Write `gpus = 1` under [limits] in assignment.toml.",
            )
    elif not wanting:
        remedy = "Say gpu=True at the criteria that want one, or take the key away."
        where = assignment.relative(assignment.settings_file)
        yield Problem(
            where,
            "limits.gpus",
            "no criterion says gpu=True, so nothing would have the GPU",
            remedy,
        )


def _unknown_after(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Problem]:
    known = {one.id for one in criteria}
    for one in criteria:
        for name in one.after:
            if name not in known:
                remedy = did_you_mean(name, known, "Use the id of a criterion of this assignment.")
                yield Problem(
                    _where(assignment, one),
                    one.id,
                    f"`after` names `{name}`, which is no criterion",
                    remedy,
                )


def _circular_after(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Problem]:
    by_id = {one.id: one for one in criteria}
    waits = {one.id: [name for name in one.after if name in by_id] for one in criteria}
    circle = _find_circle(waits)
    if circle:
        what = "`after` goes round in a circle: " + " -> ".join(circle)
        yield Problem(
            _where(assignment, by_id[circle[0]]), circle[0], what, "Take one of these `after` away."
        )


def _find_circle(waits: dict[str, list[str]]) -> list[str]:
    """Return a circle of criteria that can never start.

    It is empty if all can start.
    """
    blocked = {name: set(others) for name, others in waits.items()}
    while ready := [name for name, others in blocked.items() if not others]:
        for name in ready:
            del blocked[name]
        for others in blocked.values():
            others.difference_update(ready)
    path: list[str] = []
    step = min(blocked, default=None)
    while step is not None and step not in path:
        path.append(step)
        step = min(blocked[step])
    return [] if step is None else [*path[path.index(step) :], step]


def _poor_titles(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Problem]:
    for one in criteria:
        if not one.title.strip():
            yield Problem(
                _where(assignment, one),
                one.id,
                "the title is empty",
                "Say in a few words what it checks.",
            )


def _poor_hints(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Problem]:
    for one in criteria:
        if not _is_sentence(one.hint):
            what = (
                f"the hint is no sentence: {one.hint!r}" if one.hint.strip() else "there is no hint"
            )
            remedy = (
                f"Name the likely mistake in a sentence of {MIN_HINT_WORDS} words or more, "
                "full stop included."
            )
            yield Problem(_where(assignment, one), one.id, what, remedy)


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= MIN_HINT_WORDS and re.search(r"[.!?][)`'\"]?\s*$", text) is not None


def _duplicate_hints(
    assignment: Assignment, criteria: Sequence[CriterionInfo]
) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for one in criteria:
        hint = " ".join(one.hint.casefold().split())
        if hint and hint in first:
            what = f"the hint is the same as that of `{first[hint]}`"
            yield Problem(
                _where(assignment, one),
                one.id,
                what,
                "Name the mistake that this criterion is about.",
            )
        first.setdefault(hint, one.id)


def _worthless(assignment: Assignment, criteria: Iterable[CriterionInfo]) -> Iterator[Problem]:
    for one in criteria:
        if one.points < 1:
            what = f"expected at least 1 point, found {one.points}"
            yield Problem(_where(assignment, one), one.id, what, "Give it points or remove it.")


def _uneven_exercise(
    assignment: Assignment, exercise: Exercise, members: Sequence[CriterionInfo]
) -> Iterator[Problem]:
    total = sum(one.points for one in members)
    if total != exercise.points:
        listed = ", ".join(f"{one.id} {one.points}" for one in members) or "it has none"
        what = f"expected criteria worth {exercise.points} points, found {total} ({listed})"
        remedy = f"Change the points of its criteria, or `exercises.{exercise.id}`."
        yield Problem(
            assignment.relative(assignment.settings_file), f"exercises.{exercise.id}", what, remedy
        )


def _public_share(
    assignment: Assignment, exercise: Exercise, members: Sequence[CriterionInfo]
) -> Iterator[Problem]:
    public = sum(one.points for one in members if one.public)
    low, high = MIN_PUBLIC_SHARE * exercise.points, MAX_PUBLIC_SHARE * exercise.points
    if members and not low <= public <= high:
        where = assignment.relative(assignment.rubric / "public" / f"test_{exercise.id}.py")
        what = (
            f"expected public criteria worth {float(low):g} to {float(high):g} points (10 to 30 "
            f"%), found {public}"
        )
        yield Problem(
            where,
            "",
            what,
            "Move criteria into rubric/public or out of it, or change their points.",
        )


def _testimony_share(
    assignment: Assignment, criteria: Sequence[CriterionInfo]
) -> Iterator[Problem]:
    sworn = [one for one in criteria if one.testimony]
    total = sum(one.points for one in sworn)
    most = MAX_TESTIMONY_SHARE * assignment.points
    if total > most:
        listed = ", ".join(one.id for one in sworn)
        what = (
            f"expected at most {float(most):g} points (10 %) that rest on testimony, found "
            f"{total} ({listed})"
        )
        remedy = (
            "Check values instead, which a submission cannot fake, or give these criteria "
            "fewer points."
        )
        yield Problem(assignment.relative(assignment.settings_file), "points", what, remedy)


_TODO = re.compile(r"\bTODO\b")


def find_shown_todos(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[str]:
    """List the open places that students would read.

    They are in titles, hints and the handout.
    """
    for one in criteria:
        for what, text in (("title", one.title), ("hint", one.hint)):
            if _TODO.search(text):
                yield f"the {what} of {one.id} still says TODO, to students"
    yield from _in_files(assignment, [assignment.folder / "README.md"])


def find_todos(assignment: Assignment) -> Iterator[str]:
    """List the open places that authors alone read.

    They are in mutants and accepted variants.
    """
    paths = [
        path
        for folder in (assignment.accepted, assignment.mutants)
        for path in sorted(folder.glob("*.py"))
    ]
    yield from _in_files(assignment, paths)


def _in_files(assignment: Assignment, paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        found = [number for number, line in enumerate(lines, 1) if _TODO.search(line)]
        if found:
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            yield f"{assignment.relative(path)}, line {found[0]}{more}: still says TODO"
