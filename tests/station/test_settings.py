"""Each key of ``assignment.toml`` does what it says, from the file to a candidate behind its walls."""

import os
import sys

import pytest

from autograder.errors import CourseError, InfrastructureError
from autograder.home.check import CheckRequest, check_files, tape_assignment
from autograder.records.outcome import Outcome
from autograder.station import Station
from tests.writing import ONE, examine, write_course, write_criterion

REFERENCE = """
import os
import sys

import helpers

def f(x):
    return helpers.double(x)

def loaded():
    return "colorsys" in sys.modules

def numbers():
    with open("numbers.txt") as file:
        return [float(line) for line in file]

def listed():
    return sorted(name for name in os.listdir() if not name.startswith("."))

def by_alias():
    import nn.layers.submission as other
    return other is sys.modules["submission"]

def parse(text):
    import urllib.parse as parts
    from urllib.parse import quote
    import urllib.parse
    return [parts.quote(text), quote(text), urllib.parse.quote(text)]

def fetch():
    import urllib.request
    return urllib.request.Request

def wide():
    import json
    return json.dumps(1)

def say(count):
    print("x" * count)
    return count

def show():
    return os.environ["MPLBACKEND"]
"""

CRITERIA = {
    "support": "import helpers\nassert submission.f(2.0) == helpers.double(2.0) == reference.f(2.0)",
    "preloaded": "assert submission.loaded() is True",
    "data": "assert submission.numbers() == [1.0, 2.0]",
    "hidden_data": "assert (data / 'secret.txt').read_text() == '42'",
    "listed": "check(submission.listed() == ['helpers.py', 'numbers.txt', 'submission.py'], str(submission.listed()))",
    "aliases": "assert submission.by_alias() is True",
    "allowed": "assert submission.parse('a b') == ['a%20b'] * 3",
    "backend": "assert submission.show() == 'Agg'",
    "output": "assert submission.say(5000) == 5000",
    "own_time": "assert submission.f(1.0) == 2.0",
}

TOP = """
support = ["helpers.py"]
data = ["numbers.txt"]
aliases = ["nn.layers"]
packages = ["numpy", "colorsys"]
preload = ["colorsys"]
"""


def write(folder, **changes):
    """Write the course with its files in ``support/``, ``data/`` and ``rubric/data/``."""
    arguments = "submission, reference, rng, data"
    rubric = "".join(
        write_criterion(name, body, arguments=arguments, tests=(), **({"timeout_s": 0.3} if name == "own_time" else {}))
        for name, body in CRITERIA.items()
    )
    public = '''"""Example."""
from autograder.rubric import check, criterion


@criterion("Example", points={points}, tests=["numbers"], hint="Read the numbers from the file beside your own.")
def test_x_example(submission, reference):
    check(submission.numbers() == reference.numbers(), "these are not the numbers")
'''
    rest = '[imports]\nforbidden = ["urllib", "pandas", "tensorflow"]\nallowed = ["urllib.parse"]\n'
    options = {"top": TOP, "rest": rest, "limits": "output_kib = 1", "public": public, **changes}
    settings = write_course(folder, REFERENCE, rubric, **options)
    home = folder / "assignments/small"
    for path, text in {
        "support/helpers.py": "def double(x):\n    return 2 * x\n",
        "data/numbers.txt": "1\n2\n",
    }.items():
        (home / path).parent.mkdir()
        (home / path).write_text(text)
    (home / "rubric/data").mkdir()
    (home / "rubric/data/secret.txt").write_text("42")
    return settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return write(tmp_path_factory.mktemp("course"), sandbox="auto")


@pytest.fixture(scope="module")
def station(settings):
    with Station(settings) as station:
        yield station


@pytest.fixture(scope="module")
def records(station):
    """What becomes of the reference, handed in."""
    return examine(station, REFERENCE + ONE)


@pytest.mark.parametrize("criterion", ["example", *CRITERIA])
def test_setting_holds_behind_the_walls(records, criterion):
    """Support modules, data, aliases, preloaded packages, allowed imports and the work folder are what was said."""
    assert (records[criterion].outcome, records[criterion].message) == (Outcome.PASSED, "")


def test_data_cannot_be_changed_by_a_submission(station, settings):
    """They are read-only behind the walls, and the same for the next submission."""
    source = f"{REFERENCE}\ndef numbers():\n    with open('numbers.txt', 'w') as file: file.write('0')"
    record = examine(station, source, criteria=["x_data"])["data"]
    assert (record.outcome, record.kind) == (Outcome.RAISED, "OSError")
    assert (settings.course / "assignments/small/data/numbers.txt").read_text() == "1\n2\n"


def test_output_is_kept_up_to_its_limit(records):
    """A kibibyte of the beginning, one of the end, and how much is missing."""
    assert records["output"].stdout == f"{'x' * 1024}\n... (2953 bytes left out) ...\n{'x' * 1023}\n"


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("import urllib.request; urllib.request.urlopen", "urllib"),
        ("from urllib import request; request.urlopen", "urllib"),
        ("from urllib.error import HTTPError; HTTPError()", "urllib"),
        ("import urllib; urllib.request", "urllib"),
        ("import pandas; pandas.DataFrame()", "pandas"),
        ("import tensorflow as tf; tf.zeros(1)", "tensorflow"),
    ],
)
def test_forbidden_package_is_forbidden_by_name(station, line, package):
    """What is allowed of a package does not open the rest of it."""
    records = examine(station, f"{REFERENCE}\ndef f(x):\n    {line}\n    return 2 * x", criteria=["x_support"])
    assert records["support"].outcome is Outcome.FORBIDDEN
    assert f"this assignment does not allow `{package}`" in records["support"].message


def test_forbidden_package_is_not_even_there(station):
    """By whatever way it is imported: its files are not in the sandbox."""
    source = f"{REFERENCE}\ndef f(x):\n    import importlib\n    return importlib.import_module('pandas')"
    record = examine(station, source, criteria=["x_support"])["support"]
    assert record.outcome in (Outcome.RAISED, Outcome.FORBIDDEN)


def test_limit_of_a_criterion_is_its_own(station):
    """``timeout_s`` of the criterion, not of the assignment, is in force and in the message."""
    slow = f"{REFERENCE}\nimport time\ndef f(x):\n    end = time.process_time() + 0.8\n    while time.process_time() < end: pass\n    return 2 * x"
    records = examine(station, slow, criteria=["x_support", "x_own_time"])
    assert records["support"].outcome is Outcome.PASSED
    assert (records["own_time"].outcome, records["own_time"].message) == (
        Outcome.TIMEOUT,
        "the submission used more than 0.3 s of CPU time during `f`",
    )


def test_settings_hold_at_home_too(settings, tmp_path, monkeypatch):
    """``check`` finds support modules and data wherever it is called, and leaves the student's folder as it was."""
    tape_assignment(settings.course, "small")
    mine = tmp_path / "mine" / "submission.py"
    mine.parent.mkdir()
    mine.write_text(REFERENCE + ONE)
    monkeypatch.chdir(mine.parent)
    report = check_files(CheckRequest(settings.course, "small", [mine]))
    assert [(one.outcome, one.message) for one in report.criteria] == [(Outcome.PASSED, "")]
    assert os.listdir() == ["submission.py"]


def test_package_that_is_not_installed_is_named_before_anything_is_graded(tmp_path):
    """A machine without a promised package grades nothing, and says what to install."""
    settings = write(tmp_path, top=TOP.replace('"colorsys"]\npreload', '"colorsys", "nowhere.parts"]\npreload'))
    with pytest.raises(InfrastructureError) as raised:
        Station(settings).start()
    assert str(raised.value) == (
        "'small' promises the package `nowhere.parts`, which is not installed here.\n"
        f"Hint: Install it for {sys.executable}, or take it out of assignment.toml."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"limits": "output_kib = 9"}, "`limits.output_kib`: expected less than or equal to 8, found 9"),
        ({"rest": '[imports]\nforbidden = ["os.path"]'}, "`imports.forbidden`: `os.path` is no top-level package"),
        ({"rest": '[imports]\nallowed = ["os.path"]'}, "`imports.allowed`: `os.path` belongs to nothing forbidden"),
        ({"top": 'support = ["nowhere.py"]'}, "`support`: there is no file 'nowhere.py'"),
        ({"top": 'data = ["nowhere.txt"]'}, "`data`: there is no file 'nowhere.txt'"),
        ({"top": "colour = 1"}, "`colour`: unknown key"),
    ],
)
def test_setting_that_cannot_be_kept_is_an_error_of_the_course(tmp_path, changes, said):
    """File, key and remedy are told."""
    with pytest.raises(CourseError, match="assignment.toml") as raised:
        Station(write(tmp_path, **changes))
    assert said in str(raised.value)


# One candidate for several criteria ------------------------------------------------------------------------------

COUNTING = """
import time

loads = [0]

def one():
    return 1

def count():
    loads[0] += 1
    return loads[0]

def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    print("burnt", seconds)
    return seconds

def die():
    return 1

def helper(x):
    return x
"""


@pytest.fixture(scope="module")
def sharing(tmp_path_factory):
    """A station whose criteria share a candidate."""
    count = "got = submission.count()\ncheck(got in (1, 2, 3), 'x')\nnote(f'call {got}')"
    rubric = (
        write_criterion("first", count, tests=())
        + write_criterion("second", count, tests=())
        + write_criterion("provided", f"{count}\nassert submission.helper(1) == 1", tests=(), provided=["helper"])
        + "".join(
            write_criterion(f"burn{number}", "assert submission.burn(0.4) == 0.4", tests=(), timeout_s=0.6)
            for number in range(4)
        )
        + write_criterion("die", "assert submission.die() == 1", tests=())
        + write_criterion("after_death", count, tests=())
    )
    settings = write_course(
        tmp_path_factory.mktemp("sharing"), COUNTING, rubric, top='candidates = "submission"', sandbox="auto"
    )
    with Station(settings) as station:
        yield station


def test_shared_candidate_serves_the_hidden_criteria(sharing):
    """What one criterion left is there for the next; a criterion with stubs and a public one have their own."""
    records = examine(sharing, COUNTING)
    assert {record.outcome for record in records.values()} == {Outcome.PASSED}
    calls = {name: records[name].notes for name in ("first", "second", "provided", "after_death")}
    assert calls == {"first": ("call 1",), "second": ("call 2",), "provided": ("call 1",), "after_death": ("call 3",)}


def test_shared_candidate_has_for_each_criterion_the_time_of_that_criterion(sharing):
    """Four criteria of 0.4 s each, within 0.6 s each, are no timeout; one that takes longer is."""
    records = examine(sharing, COUNTING.replace("+ seconds", "+ seconds * (1 if loads[0] < 3 else 9)"))
    assert {records[f"burn{number}"].outcome for number in range(4)} == {Outcome.PASSED}
    slow = examine(sharing, COUNTING.replace("+ seconds", "+ seconds * 9"))
    assert (slow["burn1"].outcome, slow["after_death"].outcome) == (Outcome.TIMEOUT, Outcome.PASSED)


def test_shared_candidate_output_is_each_criterions_own(sharing):
    """What was printed in one criterion does not stand in the next."""
    records = examine(sharing, COUNTING)
    assert [records[name].stdout for name in ("burn0", "burn1", "die")] == ["burnt 0.4\n", "burnt 0.4\n", ""]


def test_shared_candidate_that_dies_costs_its_criterion_and_the_next_gets_a_new_one(sharing):
    """The death of one is not the death of all."""
    records = examine(sharing, COUNTING.replace("def die():", "def die():\n    import os; os._exit(3)"))
    assert (records["die"].outcome, records["after_death"].outcome) == (Outcome.CRASHED, Outcome.PASSED)
    assert records["after_death"].notes == ("call 1",)
