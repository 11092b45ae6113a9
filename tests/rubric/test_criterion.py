"""The marker of a criterion: what it keeps, and what it refuses when a rubric is imported."""

from __future__ import annotations

import dataclasses

import pytest

from autograder.errors import CourseError
from autograder.rubric import criterion, spec_of
from autograder.rubric.criterion import CriterionSpec

pytest_plugins = ["pytester"]


def test_criterion_all_arguments_are_kept():
    """What the marker says stands in a frozen spec on the test."""

    @criterion(
        "Affine layer: backward pass",
        points=5,
        tests=["affine_backward"],
        provided=["affine_forward"],
        after=["b1_forward_values"],
        uses=("keras",),
        timeout_s=2.5,
        gpu=True,
        statistical=True,
        testimony=True,
        hint="""dx has the shape of x.
        Reshape it.""",
    )
    def test_b1_backward_values(submission): ...

    assert spec_of(test_b1_backward_values) == CriterionSpec(
        id="b1_backward_values",
        title="Affine layer: backward pass",
        points=5,
        tests=("affine_backward",),
        provided=("affine_forward",),
        after=("b1_forward_values",),
        uses=("keras",),
        timeout_s=2.5,
        gpu=True,
        statistical=True,
        testimony=True,
        hint="dx has the shape of x. Reshape it.",
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec_of(test_b1_backward_values).points = 100


def test_criterion_above_and_below_parametrize_works():
    """The marker and parametrize may stand in either order."""

    @criterion("Above", points=1)
    @pytest.mark.parametrize("n", [1, 2])
    def test_above(n): ...

    @pytest.mark.parametrize("n", [1, 2])
    @criterion("Below", points=1)
    def test_below(n): ...

    for test in (test_above, test_below):
        assert spec_of(test).id == test.__name__.removeprefix("test_")
        assert [mark.name for mark in test.pytestmark] == ["parametrize"]


def test_criterion_collected_by_pytest_is_found_on_the_item(pytester):
    """The examiner finds the spec on the function of a collected item, once for each case."""
    pytester.makepyfile(
        test_rubric="""
        import pytest
        from autograder.rubric import criterion

        @criterion("Cases", points=2)
        @pytest.mark.parametrize("n", [1, 2])
        def test_cases(n):
            assert n
        """
    )
    items, _ = pytester.inline_genitems("-p", "no:cacheprovider")
    assert [spec_of(item.function).id for item in items] == ["cases", "cases"]


def test_spec_of_test_without_marker_is_none():
    """A test that has no marker is no criterion."""
    assert spec_of(len) is None


def refuse(name="test_b1_values", **arguments):
    """Apply the marker with arguments that it must refuse; return the complaint after the place."""

    def test(submission): ...

    test.__name__ = name
    with pytest.raises(CourseError) as caught:
        criterion(**{"title": "A title", "points": 1} | arguments)(test)
    place, _, complaint = caught.value.message.partition("): ")
    assert place.startswith(f"{name} (test_criterion.py:")
    return complaint


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"points": 0}, "points is a whole number of at least 1, got 0."),
        ({"points": 2.5}, "points is a whole number of at least 1, got 2.5."),
        ({"points": True}, "points is a whole number of at least 1, got True."),
        ({"title": " "}, "the title is a line of text, got ' '."),
        ({"title": 3}, "the title is a line of text, got 3."),
        ({"title": "two\nlines"}, "the title is a line of text, got 'two\\nlines'."),
        ({"title": "x" * 101}, "the title has 101 characters, at most 100 fit."),
        ({"tests": "affine_forward"}, "tests is a list of names, got 'affine_forward'."),
        ({"tests": ["affine forward"]}, "tests holds names, got 'affine forward'."),
        ({"tests": [len]}, "tests holds names, got <built-in function len>."),
        ({"after": ["a", "a"]}, "after names 'a' twice."),
        ({"after": ["b1_values"]}, "after names the criterion itself."),
        (
            {"tests": ["f"], "provided": ["f"]},
            "'f' is in tests and in provided: the reference's function would be graded.",
        ),
        ({"uses": ["theano"]}, "uses names the unknown framework 'theano'; known are tensorflow, keras, torch, jax."),
        ({"timeout_s": 0}, "timeout_s is a number of seconds above 0, got 0."),
        ({"timeout_s": float("inf")}, "timeout_s is a number of seconds above 0, got inf."),
        ({"timeout_s": "10"}, "timeout_s is a number of seconds above 0, got '10'."),
        ({"gpu": "yes"}, "gpu is True or False, got 'yes'."),
        ({"statistical": 1}, "statistical is True or False, got 1."),
        ({"testimony": 1}, "testimony is True or False, got 1."),
        ({"hint": "dx"}, "the hint is a sentence or more, got 'dx'."),
        ({"hint": None}, "the hint is a text, got None."),
        (
            {"name": "b1_values"},
            "the name of a criterion is `test_` and an id of lower-case letters, digits and underscores.",
        ),
        (
            {"name": "test_B1"},
            "the name of a criterion is `test_` and an id of lower-case letters, digits and underscores.",
        ),
    ],
)
def test_criterion_unusable_argument_is_an_error_of_the_course(arguments, complaint):
    """Each argument that cannot be used is refused with test, file and line."""
    assert refuse(**arguments) == complaint


def test_criterion_twice_is_refused():
    """One test is one criterion."""

    @criterion("Once", points=1)
    def test_once(submission): ...

    with pytest.raises(CourseError, match=r"the marker criterion stands there twice\.$"):
        criterion("Twice", points=1)(test_once)


def test_criterion_that_yields_is_refused():
    """The body of a generator or a coroutine would never run."""

    def test_generator(submission):
        yield

    async def test_coroutine(submission): ...

    for test in (test_generator, test_coroutine):
        with pytest.raises(CourseError, match=r"neither yields nor awaits: its checks would not run\.$"):
            criterion("A title", points=1)(test)


def test_criterion_class_is_refused():
    """A criterion is a function."""

    class TestThing: ...

    with pytest.raises(CourseError) as caught:
        criterion("A title", points=1)(TestThing)
    assert str(caught.value) == "TestThing: a criterion is a function, got type."
