"""What a forged exception tells its student: nothing that the source does not say."""

import pytest

from autograder.records.outcome import Outcome
from autograder.records.report import Frame
from autograder.report.feedback import feedback
from autograder.station import Station
from autograder.uploads.find import upload_of
from tests.writing import ONE, write_course, write_criterion

WORK = "def f(x):\n    return x * 2.0\n"
FORGED = """
import autograder.inside.loading.load as loading

def forge(error, sources):
    return {"type": "KeyError", "bases": ["KeyError"], "text": "x", "notes": [], "frames": [PLACES]}

loading.describe_failure = forge
"""
PLACES = {
    "a line beyond the file": {"file": "submission.py", "line": 900_000},
    "a line of another function": {"file": "submission.py", "line": 3},
    "a line at the top level": {"file": "submission.py", "line": 2},
    "an empty line": {"file": "submission.py", "line": 6},
    "a comment": {"file": "submission.py", "line": 7},
    "a docstring": {"file": "submission.py", "line": 5},
    "a cell": {"file": "submission.py, cell 8", "line": 8},
    "another file": {"file": "7.25", "line": 8},
}
SOURCE = "import math\nX = 1\ndef other(x): return x\ndef f(x):\n    'what it does'\n\n    # a comment\n    return x[\n        'none'\n    ]\n"


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A course whose hidden criterion draws an input."""
    rubric = write_criterion("f", "x = float(rng.normal())\nassert submission.f(x) == x * 2.0")
    with Station(write_course(tmp_path_factory.mktemp("course"), WORK, rubric)) as opened:
        yield opened


@pytest.fixture
def told(station, tmp_path):
    """What the student of a source is told of the exception in the hidden criterion."""

    def grade(source):
        (tmp_path / "submission.py").write_text(source + ONE)
        report = station.grade(upload_of(tmp_path / "submission.py")).report
        assert next(one for one in report.criteria if one.id == "x_f").outcome is Outcome.RAISED
        return next(one for one in feedback(report, show_lines=True).criteria if one.id == "x_f").exception

    return grade


@pytest.mark.parametrize("name", PLACES)
def test_place_that_the_source_does_not_have_is_not_shown(told, name):
    """A made-up file, cell or line could carry the input."""
    place = {**PLACES[name], "function": "f", "source": ""}
    assert told(SOURCE + FORGED.replace("PLACES", repr(place))).frames == ()


@pytest.mark.parametrize("line", [8, 9])
def test_place_in_a_function_under_test_is_shown(told, line):
    """Every line of it that holds code; the innermost one that is sure."""
    place = {"file": "submission.py", "line": line, "function": "f", "source": ""}
    forged = FORGED.replace("PLACES", f"{place!r}, {PLACES['another file'] | {'function': '', 'source': ''}!r}")
    assert told(SOURCE + forged).frames == (Frame(file="submission.py", line=line, is_tested=True),)


def test_place_in_a_very_long_function_is_not_shown(told):
    """A line among very many says much of what the code met."""
    lines = "".join(f"    x += {number}\n" for number in range(2_000))
    assert told(f"def f(x):\n{lines}    return x['none']\n").frames == ()


def test_place_of_an_honest_exception_is_that_in_the_function_under_test(told):
    """Where a helper raises, the call is what is shown."""
    frames = told("def helper(x):\n    return x['none']\n\n\ndef f(x):\n    return helper(x)\n").frames
    assert frames == (Frame(file="submission.py", line=6, is_tested=True),)
