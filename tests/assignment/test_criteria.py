"""What criteria say of each other, of the reference and to the student."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import (
    Assignment,
    CriterionInfo,
    check_criteria,
    check_points,
    check_rubric,
    load_assignment,
)
from autograder.errors import CourseError

HIDDEN = "assignments/01_layers/rubric/test_b1.py"
TOML = "assignments/01_layers/assignment.toml"


@pytest.fixture
def assignment(course: Path) -> Assignment:
    """The assignment of the small course: b1 has 10 points, b2 has 20."""
    return load_assignment(course, "01_layers")


def criterion(name: str, points: int, **rest: object) -> CriterionInfo:
    """A criterion with a title and a hint of its own."""
    hint = f"Look at what {name} says of the shape of the bias."
    right = CriterionInfo(id=name, exercise=name.partition("_")[0], title="Values", points=points, hint=hint)
    return replace(right, **rest)


RIGHT = (
    criterion("b1_values", 8, tests=("affine",), cases=("small", "large")),
    criterion("b1_shown", 2, public=True, tests=("affine",)),
    criterion("b2_values", 13, tests=("Net", "Net.loss"), provided=("affine",), after=("b1_values",), uses=("keras",)),
    criterion("b2_work", 3, testimony=True),
    criterion("b2_shown", 4, public=True),
)


def with_first(**changes: object) -> list[CriterionInfo]:
    """The right criteria, with the first one changed."""
    return [replace(RIGHT[0], **changes), *RIGHT[1:]]


def message(assignment: Assignment, criteria: list[CriterionInfo]) -> str:
    """What `check_rubric` says."""
    with pytest.raises(CourseError) as caught:
        check_rubric(assignment, criteria)
    assert caught.value.exit_code == 4
    return str(caught.value)


def test_right_rubric_passes(assignment: Assignment) -> None:
    """Points add up, names exist, hints are sentences."""
    check_rubric(assignment, RIGHT)


def test_exercise_that_does_not_add_up_lists_its_criteria(assignment: Assignment) -> None:
    """The points of an exercise are those of its criteria."""
    assert message(assignment, with_first(points=9)) == (
        f"{TOML}, `exercises.b1`: expected criteria worth 10 points, found 11 (b1_values 9, b1_shown 2).\n"
        "Hint: Change the points of its criteria, or `exercises.b1`."
    )


def test_exercise_without_criteria_says_so(assignment: Assignment) -> None:
    """An exercise with points but no criterion could not be earned."""
    criteria = [replace(one, after=()) for one in RIGHT if one.exercise == "b2"]
    assert message(assignment, criteria) == (
        f"{TOML}, `exercises.b1`: expected criteria worth 10 points, found 0 (it has none).\n"
        "Hint: Change the points of its criteria, or `exercises.b1`."
    )


def test_criterion_without_points_is_an_error(assignment: Assignment) -> None:
    """A criterion of nothing is no criterion."""
    criteria = [*RIGHT, criterion("b1_nothing", 0)]
    assert message(assignment, criteria) == (
        f"{HIDDEN}, `b1_nothing`: expected at least 1 point, found 0.\nHint: Give it points or remove it."
    )


@pytest.mark.parametrize(("hidden", "public"), [(10, 0), (6, 4)])
def test_public_share_out_of_bounds_says_the_bounds(assignment: Assignment, hidden: int, public: int) -> None:
    """Public criteria are worth 10 to 30 % of each exercise."""
    criteria = [criterion("b1_values", hidden), *RIGHT[2:]]
    if public:
        criteria.append(criterion("b1_shown", public, public=True))
    assert message(assignment, criteria) == (
        "assignments/01_layers/rubric/public/test_b1.py: expected public criteria worth 1 to 3 points (10 to 30 %),"
        f" found {public}.\n"
        "Hint: Move criteria into rubric/public or out of it, or change their points."
    )


def test_too_much_testimony_names_the_criteria(assignment: Assignment) -> None:
    """What a candidate says of itself is worth at most 10 % of an assignment."""
    criteria = [*RIGHT[:2], replace(RIGHT[2], points=12), replace(RIGHT[3], points=4), RIGHT[4]]
    assert message(assignment, criteria) == (
        f"{TOML}, `points`: expected at most 3 points (10 %) that rest on testimony, found 4 (b2_work).\n"
        "Hint: Check values instead, which a submission cannot fake, or give these criteria fewer points."
    )


def test_duplicate_id_names_the_other_file(assignment: Assignment) -> None:
    """Ids are unique over hidden and public criteria."""
    criteria = [*RIGHT[:1], replace(RIGHT[1], id="b1_values"), *RIGHT[2:]]
    assert message(assignment, criteria) == (
        "assignments/01_layers/rubric/public/test_b1.py, `b1_values`: two criteria have this id, the other one in"
        f" {HIDDEN}.\nHint: Rename the test function that is newer."
    )


def test_id_without_exercise_says_how_to_name_it(assignment: Assignment) -> None:
    """An id begins with its exercise."""
    criteria = [replace(RIGHT[0], id="values"), *RIGHT[1:2], replace(RIGHT[2], after=()), *RIGHT[3:]]
    assert message(assignment, criteria) == (
        f"{HIDDEN}, `values`: the id does not begin with its exercise, `b1_`.\n"
        "Hint: Name the test function `test_b1_...`."
    )


def test_unknown_exercise_asks_back(assignment: Assignment) -> None:
    """A criterion of an exercise without points would never count."""
    text = message(assignment, [*RIGHT, criterion("bb1_values", 1)])
    assert text == (
        "assignments/01_layers/rubric/test_bb1.py, `bb1_values`: exercise `bb1` is not in assignment.toml.\n"
        "Hint: Did you mean `b1`?"
    )


@pytest.mark.parametrize("parameter", ["tests", "provided"])
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("afine", "Did you mean `affine`?"),
        ("Net.lose", "Did you mean `Net.loss`?"),
        ("zzz", "Use a name that layers.py, net.py define at the top level."),
    ],
)
def test_unknown_function_asks_back(assignment: Assignment, parameter: str, name: str, hint: str) -> None:
    """`tests` and `provided` name what the reference defines."""
    assert message(assignment, with_first(**{"tests": (), parameter: (name,)})) == (
        f"{HIDDEN}, `b1_values`: `{parameter}` names `{name}`, which no file of the reference defines.\nHint: {hint}"
    )


def test_function_under_test_and_provided_is_an_error(assignment: Assignment) -> None:
    """Otherwise the reference would earn the student's points."""
    assert message(assignment, with_first(provided=("affine",))) == (
        f"{HIDDEN}, `b1_values`: `affine` is under test and provided, so the reference would be graded.\n"
        "Hint: Take it out of `tests` or out of `provided`."
    )


def test_unknown_framework_says_where_to_add_it(assignment: Assignment) -> None:
    """A warden imports only what the assignment names."""
    assert message(assignment, with_first(uses=("jax",))) == (
        f"{HIDDEN}, `b1_values`: `uses` names `jax`, which is not among the assignment's frameworks.\n"
        'Hint: Add "jax" to `frameworks` in assignment.toml.'
    )


def test_unknown_after_asks_back(assignment: Assignment) -> None:
    """`after` names criteria."""
    assert message(assignment, with_first(after=("b2_value",))) == (
        f"{HIDDEN}, `b1_values`: `after` names `b2_value`, which is no criterion.\nHint: Did you mean `b2_values`?"
    )


@pytest.mark.parametrize(
    ("after", "circle"),
    [(("b1_values",), "b1_values -> b1_values"), (("b2_values",), "b1_values -> b2_values -> b1_values")],
)
def test_circular_after_shows_the_circle(assignment: Assignment, after: tuple[str, ...], circle: str) -> None:
    """Criteria that wait for each other would all be skipped."""
    assert message(assignment, with_first(after=after)) == (
        f"{HIDDEN}, `b1_values`: `after` goes round in a circle: {circle}.\nHint: Take one of these `after` away."
    )


def test_empty_title_is_an_error(assignment: Assignment) -> None:
    """A student reads the title."""
    assert message(assignment, with_first(title=" ")) == (
        f"{HIDDEN}, `b1_values`: the title is empty.\nHint: Say in a few words what it checks."
    )


@pytest.mark.parametrize(
    ("hint", "what"),
    [
        ("", "there is no hint"),
        ("Wrong.", "the hint is no sentence: 'Wrong.'"),
        ("the bias is not summed over rows", "the hint is no sentence: 'the bias is not summed over rows'"),
    ],
)
def test_poor_hint_says_what_is_expected(assignment: Assignment, hint: str, what: str) -> None:
    """A hint is a sentence or more."""
    assert message(assignment, with_first(hint=hint)) == (
        f"{HIDDEN}, `b1_values`: {what}.\n"
        "Hint: Name the likely mistake in a sentence of 5 words or more, full stop included."
    )


def test_duplicate_hint_names_the_other_criterion(assignment: Assignment) -> None:
    """Two criteria do not share a hint, whatever its spaces and capitals."""
    hint = RIGHT[0].hint.replace(" ", "  ").upper()
    assert message(assignment, [RIGHT[0], replace(RIGHT[1], hint=hint), *RIGHT[2:]]) == (
        "assignments/01_layers/rubric/public/test_b1.py, `b1_shown`: the hint is the same as that of `b1_values`.\n"
        "Hint: Name the mistake that this criterion is about."
    )


def test_all_problems_of_a_rubric_are_told_together(assignment: Assignment) -> None:
    """Ids, names, hints and points in one message."""
    lines = message(assignment, with_first(points=9, hint="", after=("zzz",))).splitlines()
    assert lines[0] == "Assignment '01_layers' has 3 problems:"
    assert len(lines) == 4


def test_checks_apart_look_at_their_own_half(assignment: Assignment) -> None:
    """Points and criteria can be checked alone."""
    check_criteria(assignment, with_first(points=9))
    check_points(assignment, with_first(hint=""))
    with pytest.raises(CourseError):
        check_points(assignment, with_first(points=9))
    with pytest.raises(CourseError):
        check_criteria(assignment, with_first(hint=""))
