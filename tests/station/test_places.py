"""A report shows no path of the machine on which it was made."""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from autograder.station import Station
from autograder.uploads.find import upload_of
from tests.writing import ONE, write_course, write_criterion

REFERENCE = "def f(x):\n    return 2.0 * x\n"
TALK = """
import os, sys, traceback, warnings
import numpy as np
print(os.getcwd(), __file__, np.__file__, os.__file__, sys.executable)
print("/home/ada/hw1/x.csv")
np.mean([])
try:
    np.linalg.inv(np.zeros((2, 2)))
except Exception:
    traceback.print_exc()
"""
FAILURES = {
    "missing file": "open(os.path.join(os.getcwd(), 'x.csv'))",
    "missing array": "np.load(os.path.abspath('x.npy'))",
    "own path": "open('/home/ada/hw1/x.csv')",
    "missing name": "exec('from numpy import nothing')",
    "own error": "raise ValueError(np.__file__ + ' and ' + __file__)",
}


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station of one function, in whatever sandbox this machine has."""
    rubric = write_criterion("f", "assert submission.f(1.0) == 2.0")
    with Station(write_course(tmp_path_factory.mktemp("course"), REFERENCE, rubric, sandbox="auto")) as station:
        yield station


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("where", ["call", "loading"])
def test_report_of_a_submission_shows_no_place_of_this_machine(tmp_path, station, name, where):
    """Not in output, warnings, tracebacks, messages or notes, and the student's own path is there."""
    body = f"{TALK}{FAILURES[name]}\n"
    if where == "call":
        source = "def f(x):\n" + "".join(f"    {line}\n" for line in body.splitlines()) + "\nimport os, numpy as np\n"
    else:
        source = f"def f(x):\n    return 2.0 * x\n{body}"
    path = tmp_path / "ada.py"
    path.write_text(source + ONE)
    text = station.grade(upload_of(path)).report.to_json()
    places = [sys.prefix, sys.base_prefix, str(Path(np.__file__).parent.parent), str(Path(tempfile.__file__).parent)]
    assert not [place for place in (*places, "/submission", tempfile.gettempdir() + "/") if place in text]
    assert "/home/ada/hw1/x.csv" in text
    assert "numpy/__init__.py" in text
    assert "RuntimeWarning" in text
