"""Attacks on loading: what a submission can do while it is loaded buys nothing and tells nothing."""

import json

import pytest

from autograder.records.outcome import Outcome, Status
from autograder.report.feedback import feedback
from autograder.station import Station
from autograder.uploads.find import upload_of
from tests.writing import ONE, write_course, write_criterion

F = "def f(x):\n    return x * 2.0\n"
G = "def g(x):\n    return f(x) + 1.0\n"
#: A value that only the reference's `f`, provided in the criterion of `g`, gives: the submission's own is another.
ANSWER = "4.0"
LEAKS = {
    "the type of an exception": "if True:\n    raise type('answer is %s' % f(2.0), (Exception,), {})\n    def g(x): pass",
    "a name like the one that is missing": "globals()['g_%d' % f(2.0)] = f",
    "an exit status": "import os\nif f(2.0) == 4.0: os._exit(int(f(2.0) * 10))",
    "the text of an import error": "import sys\nclass Finder:\n"
    "    def find_spec(self, name, *_):\n"
    "        if name == 'g': raise ModuleNotFoundError('g is not there: answer is %s' % f(2.0))\n"
    "sys.meta_path.insert(0, Finder())\nfrom g import g",
    "a forged failure": "import sys\nframe = sys._getframe()\nwhile frame:\n"
    "    for one in list(frame.f_locals.values()):\n"
    "        if type(one).__name__ == 'Loader':\n"
    "            one.failures['work.py'] = {'type': 'Answer', 'text': 'answer is %s' % f(2.0), 'frames': [], 'notes': []}\n"
    "    frame = frame.f_back",
    "a forged loss": "import sys\nframe = sys._getframe()\nwhile frame:\n"
    "    for one in list(frame.f_locals.values()):\n"
    "        if type(one).__name__ == 'Runner':\n"
    "            from autograder.inside.loading.losses import Loss\n"
    "            one._ledger.add('work', Loss('work.py', 'answer is %s' % f(2.0), 1, 'answer', ('g',), 'answer'))\n"
    "    frame = frame.f_back",
    "what is printed": "print('answer is', f(2.0))",
    "a package for looking": "if f(2.0) == 4.0: import matplotlib",
}  # fmt: skip


@pytest.fixture(scope="module")
def make_station(tmp_path_factory):
    """Stations of small courses; all are closed at the end."""
    stations = []

    def make(files, rubric, **settings):
        station = Station(write_course(tmp_path_factory.mktemp("course"), files, rubric, **settings))
        station.start()
        stations.append(station)
        return station

    yield make
    for station in stations:
        station.close()


@pytest.fixture(scope="module")
def provided(make_station):
    """A course in whose hidden criterion `f` is provided."""
    rubric = write_criterion("g", "assert submission.g(1.0) == 3.0", tests=["g"], provided=["f"])
    return make_station({"work.py": f"{F}\n\n{G}"}, rubric)


@pytest.fixture
def hand_in(tmp_path):
    """Hand files in to a station."""

    def grade(station, **files):
        folder = tmp_path / "mallory"
        for name, text in files.items():
            path = folder / name.replace("__", "/").replace("_py", ".py").replace("_ipynb", ".ipynb")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return station.grade(upload_of(folder)).report

    return grade


@pytest.mark.parametrize("name", LEAKS)
def test_load_with_provided_functions_carries_no_answer_to_the_student(hand_in, provided, name):
    """The reference answers while the submission loads; nothing of that is on the student's page."""
    own = "def f(x):\n    return x * 0.0 - 1.0\n"
    report = hand_in(provided, work_py=f"{own}{ONE}\n{LEAKS[name]}\n")
    page = feedback(report, show_lines=True).model_dump_json()
    assert report.status is Status.GRADED
    assert "answer is 4" not in page  # of its own functions it may tell what it likes
    assert ANSWER not in page
    assert "g_4" not in page
    assert "status 40" not in page


def test_load_that_says_nonsense_is_the_submissions_fault(hand_in, provided):
    """An array in the place of a word is no reason for the station to stumble."""
    text = (
        "import os, sys, numpy as np\nframe = sys._getframe()\nwhile frame:\n"
        "    for one in list(frame.f_locals.values()):\n"
        "        if type(one).__name__ == 'Candidate':\n"
        "            one._channel.send({'op': np.arange(2)}); os._exit(0)\n"
        "    frame = frame.f_back\n"
    )
    report = hand_in(provided, work_py=f"{F}{G}{ONE}{text}")
    assert report.status is Status.GRADED


@pytest.fixture(scope="module")
def two(make_station):
    """A course of two files."""
    rubric = write_criterion("f", "assert submission.f(1.0) == 2.0") + write_criterion(
        "g", "assert submission.g(1.0) == 3.0", tests=["g"]
    )
    return make_station({"first.py": F, "second.py": f"from first import f\n\n\n{G}"}, rubric)


@pytest.mark.parametrize("folder", ["starter", "old", "x"])
def test_helper_with_the_name_of_a_declared_file_replaces_nothing(hand_in, two, folder):
    """Neither its facts nor its code are those of the file that is graded."""
    copy = {f"{folder}__first_py": F}  # as the template has it, so it stands back
    report = hand_in(
        two, first_py="def f(x):\n    return 2.0 * x\n", second_py=f"from first import *\n{G}{ONE}", **copy
    )
    assert report.score == report.max_score, (report.notes, report.reasons)


def test_template_that_lost_its_line_ends_is_no_template(two):
    """What is left of it is no Python: it does not stand back for another file in silence."""
    from autograder.inside.reading.selecting import fingerprint

    assert fingerprint(b"a = 1\r\n\r\nif a:\r\n    b = 2  \r\n") == fingerprint(b"a = 1\nif a:\n    b = 2\n")
    assert fingerprint(b"a = 1 b = 2") != fingerprint(b"a = 1\nb = 2")
    assert fingerprint(b"if a:\n    b\nc") != fingerprint(b"if a:\n    b\n    c")


def test_right_definition_above_an_exit_is_graded_whatever_stands_below(hand_in, two):
    """Which of two definitions counts, only loading knows; the template's below an exit is not the one."""
    report = hand_in(
        two, first_py=f"{F}\nraise SystemExit\n\ndef f(x):\n    raise NotImplementedError\n", second_py=f"from first import f\n{G}{ONE}"
    )  # fmt: skip
    assert report.score == report.max_score, [one.message for one in report.criteria]


def test_name_from_a_forbidden_package_says_so(make_station, hand_in):
    """Not that it was not found."""
    rubric = write_criterion("f", "assert submission.f(1.0) == 2.0")
    station = make_station({"work.py": F}, rubric, top='[imports]\nforbidden = ["json"]\n')
    report = hand_in(station, work_py=f"from json import dumps as f\n{ONE}")
    (criterion,) = (one for one in report.criteria if one.id == "x_f")
    assert criterion.outcome is Outcome.FORBIDDEN
    assert criterion.message == "`f` is imported from `json`, which this assignment does not allow"


def test_notebook_that_defines_a_name_hundreds_of_times_is_graded(two, tmp_path):
    """The note about it is bounded."""
    cells = [{"cell_type": "code", "metadata": {}, "source": F, "outputs": []}] * 400
    cells.append({"cell_type": "code", "metadata": {}, "source": F + F + G + ONE, "outputs": []})
    path = tmp_path / "ann.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    report = two.grade(upload_of(path)).report
    assert report.score == report.max_score, report.problems
