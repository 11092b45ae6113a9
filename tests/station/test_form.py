"""Right numbers in another form, graded: full marks, and one note of each kind for a criterion."""

import pytest

from autograder.records.outcome import Outcome
from autograder.rubric import KnownGenerator
from autograder.station import Station
from tests.writing import examine, write_course, write_criterion

REFERENCE = """
import numpy as np

def double(x):
    return 2 * x

def sample(mean, rng):
    return mean + 0.5 * rng.standard_normal(mean.shape)
"""

DOUBLE = """
x = rng.normal(size=(3, n))
assert_close(submission.double(x), reference.double(x), name=f"y for n = {n}", axes="N D")
"""
FORM = """
x = rng.normal(size=(3, 4))
assert_form(submission.double(x), reference.double(x), name="y", axes="N D")
"""
SAMPLE = """
known = KnownGenerator(rng)
mean = rng.normal(size=(2, 3))
x = submission.sample(mean, known)
assert_close(x, mean + 0.5 * known.normals.reshape(2, 3), name="x", axes="N D")
assert_close(submission.sample(mean, KnownGenerator()), mean, name="x without noise", axes="N D")
"""
HEAD = f"from autograder.rubric import assert_form, {KnownGenerator.__name__}\n"


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station whose rubric compares in several cases, once strictly, and lends a generator."""
    cases = '@pytest.mark.parametrize("n", [2, 4, 5])'
    rubric = (
        write_criterion("double", DOUBLE, arguments="submission, reference, rng, n", tests=("double",), above=cases)
        + write_criterion("form", FORM, tests=("double",))
        + write_criterion("sample", SAMPLE, tests=("sample",))
    )
    with Station(write_course(tmp_path_factory.mktemp("course"), REFERENCE, rubric, head=HEAD)) as station:
        yield station


@pytest.mark.parametrize(
    ("answer", "notes", "kind"),
    [
        ("(2 * x).tolist()", ("y for n = 2: a list accepted for an array",), "type"),
        ("(2 * x)[None]", ("y for n = 2: shape (1, 3, 2) accepted for shape (3, 2)",), "shape"),
        ("2 * x.astype('f4')", ("y for n = 2: float32 precision accepted for float64",), "dtype"),
        ("(1 + 1e-6) * 2 * x", ("y for n = 2: float32 precision accepted for float64",), None),
    ],
)
def test_form_costs_the_criterion_that_is_about_it_and_no_other(station, answer, notes, kind):
    """Three cases note a conversion once; the criterion of form tells what is wrong with it."""
    source = REFERENCE.replace("    return 2 * x", f"    return {answer}")
    records = examine(station, source + "\ndef one():\n    return 1\n")
    assert (records["double"].outcome, records["double"].notes) == (Outcome.PASSED, notes)
    assert records["form"].kind == kind


@pytest.mark.parametrize(
    "draw",
    [
        "rng.normal(mean, 0.5)",
        "rng.normal(loc=mean, scale=[[0.5], [0.5]], size=(2, 3))",
        "mean + np.float32(0.5) * rng.standard_normal(size=mean.shape, dtype=np.float64)",
        "mean + 0.5 * np.array([rng.normal(size=3) for _ in mean])",
        "mean + 0.5 * np.array([[rng.standard_normal() for _ in row] for row in mean])",
    ],
)
def test_generator_of_the_rubric_serves_every_way_to_draw(station, draw):
    """Each is a right way to write it."""
    source = REFERENCE.replace("mean + 0.5 * rng.standard_normal(mean.shape)", draw)
    records = examine(station, source + "\ndef one():\n    return 1\n")
    assert (records["sample"].outcome, records["sample"].message) == (Outcome.PASSED, "")
