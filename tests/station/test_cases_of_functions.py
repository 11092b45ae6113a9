"""A criterion whose cases are named after its functions: each function loses its own case alone."""

from dataclasses import replace

import pytest

from autograder.station import Station

SAFE = """
import pytest
from autograder.rubric import assert_array

@pytest.mark.parametrize("name", ["affine_forward", "softmax"])
@criterion(
    "Both layers: inputs stay as they are",
    points=2,
    tests=["affine_forward", "softmax"],
    testimony=True,
    hint="Work on a copy where you change an array that you were given.",
)
def test_a_safe(submission, rng, name):
    x, w, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=2)
    arguments = (x, w, b) if name == "affine_forward" else (x,)
    assert_unchanged(submission[name], *arguments)
"""


@pytest.fixture
def station(settings, course):
    """A station whose `a_safe` has a case for each of two functions."""
    path = course / "assignments/affine_softmax/rubric/test_a.py"
    text = path.read_text()
    path.write_text(text[: text.rindex("@criterion(")] + SAFE)
    with Station(replace(settings, course=course, sandbox="plain")) as open_station:
        yield open_station


def examine(station, change):
    """Return the record of `a_safe` for a change of the reference."""
    source = change(station.assignment.reference_sources()["submission.py"])
    request = station.request("student", station.read_sources({"submission.py": source}))
    return station.examine(replace(request, criteria=frozenset({"a_safe"})))["a_safe"]


def without_softmax(source):
    return source[: source.index("def softmax")]


def test_case_of_a_function_that_is_missing_loses_its_share(station):
    """The other function's case runs, and keeps its half."""
    record = examine(station, without_softmax)
    assert (record.outcome, record.fraction) == ("partial", 0.5)
    assert "`softmax`" in record.message


def test_case_of_a_function_as_handed_out_loses_its_share(station):
    """The template's `softmax` is named, and `affine_forward` keeps its half."""
    template = station.assignment.template_sources()["submission.py"]
    record = examine(station, lambda source: without_softmax(source) + template[template.index("def softmax") :])
    assert (record.outcome, record.fraction) == ("partial", 0.5)
    assert record.message == "`softmax` is as in the template."


def test_criterion_of_functions_that_are_all_as_handed_out_is_not_attempted(station):
    """Where nothing was attempted, that is the outcome, and both are named."""
    template = station.assignment.template_sources()["submission.py"]
    record = examine(station, lambda _: template)
    assert record.outcome == "not_attempted"
    assert record.message == "`affine_forward`, `softmax` are as in the template."


def test_case_that_is_wrong_loses_its_share(station):
    """A wrong function loses its case, as ever."""
    record = examine(station, lambda source: source + "\n\ndef softmax(z):\n    z *= 2\n    return z\n")
    assert (record.outcome, record.fraction) == ("partial", 0.5)
