"""What ends a load is left out, and everything else is graded: the real thing, behind walls."""

import pytest

from autograder.records.outcome import CauseKind, Outcome
from autograder.remote.endings import CandidateEnd
from autograder.remote.loading import LeftOut
from autograder.remote.trial import Course, find_left_out
from autograder.station import Station
from autograder.uploads.find import upload_of
from tests.writing import ONE, write_course, write_criterion

F = "def f(x):\n    return x * 2.0\n"


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station with short limits, and a criterion in which a function is provided."""
    rubric = write_criterion("f", "assert submission.f(1.0) == 2.0") + write_criterion(
        "g", "assert submission.g(1.0) == 3.0", tests=["g"], provided=["f"]
    )
    reference = F + "\n\ndef g(x):\n    return f(x) + 1.0\n"
    with Station(write_course(tmp_path_factory.mktemp("course"), {"work.py": reference}, rubric)) as station:
        yield station


@pytest.fixture
def hand_in(tmp_path, station):
    """Have one file graded."""

    def grade(text):
        path = tmp_path / "ann.py"
        path.write_text(text)
        return station.grade(upload_of(path)).report

    return grade


WORK = f"{F}\ndef g(x):\n    return f(x) + 1.0\n{ONE}\n"
ENDS = {
    "an endless loop": ("while True: pass", "time limit", "used more than 2 s of CPU time"),
    "an exit of the process": ("import os; os._exit(7)", "ended the process", "ended the process (exit status 7)"),
    "a crash": ("import ctypes\nctypes.string_at(1)", "crash", "crashed with SIGSEGV"),
    "memory": ("big = [bytearray(1 << 24) for _ in range(100)]\nheld = bytearray(1 << 30)", None, ""),
    "an exception that nothing stops": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "time limit",
        "used more than 2 s of CPU time",
    ),
    "its own end": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "crash", "was killed"),
}


@pytest.mark.parametrize("name", ENDS)
def test_load_that_ends_costs_one_statement(hand_in, name):
    """Full marks, with a note that names the line and what happened there."""
    text, subject, said = ENDS[name]
    report = hand_in(f"{WORK}\n{text}\nafter = 1\n")
    assert report.score == report.max_score, report.reasons
    if subject is not None:
        assert [(one.kind, one.subject) for one in report.causes] == [(CauseKind.LIMIT, subject)]
        (note,) = report.notes
        assert note.startswith("ann.py, line ")
        assert f"was left out: it {said}" in note


def test_load_that_ends_above_the_definitions_costs_them_nothing(hand_in):
    """What stands below is loaded in the next try."""
    report = hand_in(f"while True: pass\n{WORK}")
    assert report.score == report.max_score


def test_load_that_ends_in_what_a_function_needs_says_so(hand_in):
    """The function is there, and its error names the statement that was left out."""
    report = hand_in(WORK.replace("x * 2.0", "x * factor") + "\nimport os\nfactor = os._exit(3) or 2.0\n")
    (criterion,) = (one for one in report.criteria if one.id == "x_f")
    assert criterion.outcome is Outcome.RAISED
    assert "name 'factor' is not defined: `factor = os._exit(3) or 2.0` (ann.py, line 13)" in criterion.exception.text


def test_load_that_ends_is_stored_for_a_replay(station, tmp_path):
    """A later exam leaves out the same without learning it again."""
    path = tmp_path / "ann.py"
    path.write_text(f"{WORK}\nimport os; os._exit(7)\n")
    stored = station.grade(upload_of(path)).sources.as_json()
    assert [(one["file"], one["limit"]) for one in stored["left_out"]] == [("work.py", "ended the process")]


def test_load_that_ends_where_a_provided_function_says_costs_that_criterion_alone(hand_in):
    """Places are learned without functions of the reference, so that none can carry an answer."""
    report = hand_in(f"{WORK}\nimport os\nif f(10.0) == 20.0 and 'autograder' in str(type(f)): os._exit(39)\n")
    assert "39" not in "".join((*report.notes, *report.reasons))
    outcomes = {one.id: one.outcome for one in report.criteria}
    assert outcomes["x_f"] is Outcome.PASSED


# what is left out, in words ------------------------------------------------------------------------------------

TABLE = {"a.py": [[True, False, False, False, True]]}
MANY = {"a.py": [[True, *[False] * 20, True]]}


def course(*spent, kind="time limit"):
    """A load whose statements used this much time each, and that ended in the last."""
    places, at = [], 0.0
    for index, used_s in enumerate(spent):
        places.append((("a.py", 1, index), at))
        at += used_s
    end = CandidateEnd(Outcome.TIMEOUT, "the submission used more than 10 s of CPU time while loading", kind=kind)
    return Course(places, at, end)


def learned(*courses):
    """What is learned from some loads; the last one succeeds."""
    loads = iter([*courses, Course()])
    found = find_left_out(lambda _left_out: next(loads), TABLE, 10.0)
    return None if found is None else [one.statement for one in found]


def test_trial_leaves_out_the_heaviest_statement_and_keeps_what_came_after_it():
    """What comes to the end of the budget is rarely what used it up."""
    assert learned(course(0.1, 9.0, 0.5, 0.4)) == [1]


def test_trial_never_leaves_out_an_import_in_place_of_another_statement():
    """A framework takes seconds, and functions need it."""
    assert learned(course(6.0, 4.0)) == [1]


def test_trial_leaves_out_everything_heavy_from_the_second_restart_on():
    """A notebook of many trainings is learned in few loads."""
    assert learned(course(0.1, 5.0, 5.0), course(0.1, 0.0, 5.0, 5.0)) == [1, 2, 3]


def test_trial_leaves_out_where_it_ended_if_nobody_used_the_time():
    """It waited, or it crashed."""
    assert learned(course(0.1, 0.1, 0.1)) == [2]
    assert learned(course(0.1, 9.0, 0.1, kind="crash")) == [2]


def test_trial_gives_up_where_the_same_statement_ends_it_again():
    """Then something else than a statement ends it."""
    assert learned(course(0.1, 1.0, kind="crash"), course(0.1, 1.0, kind="crash")) is None


def test_trial_believes_no_candidate_that_talks_nonsense():
    """A place that there is not."""
    forged = Course([(("a.py", 1, 1), 0.0)], 1.0, None, is_sound=False)
    assert learned(forged) is None


def test_trial_tells_what_happened_in_words():
    """They follow "was left out"."""
    loads = iter([course(0.1, 9.0), Course()])
    found = find_left_out(lambda _left_out: next(loads), TABLE, 10.0)
    assert found == (LeftOut("a.py", 1, 1, "time limit", "it used more than 10 s of CPU time"),)


def test_load_with_a_provided_function_tells_nothing_of_its_answers(hand_in):
    """What a statement raises while it is loaded could be an answer of the reference."""
    canary = "raise ValueError(f'canary {f(21.0)}')\nimport nowhere\nraise ModuleNotFoundError(f\"No module named '{f(21.0)}'\")"
    report = hand_in(f"{F}\n{canary}\ng = f(21.0) and 1 / 0\n{ONE}")
    (criterion,) = (one for one in report.criteria if one.id == "x_g")
    assert criterion.outcome is Outcome.NOT_LOADED
    assert "42" not in criterion.message
    assert "ZeroDivisionError" in criterion.message


def test_trial_that_learns_too_long_leaves_out_everything_that_works():
    """Imports, definitions and plain values are loaded all the same: nothing right is lost."""
    places = iter(range(1, 20))

    def load(left_out):
        if len(left_out) == 20:
            return Course()
        return course(*[0.0] * (next(places)), 0.1, kind="crash")

    found = find_left_out(load, MANY, 10.0)
    assert [one.statement for one in found] == list(range(1, 21))


def test_load_of_many_trainings_is_graded_for_what_it_defines(hand_in):
    """However many there are, and however long each takes."""
    trains = "import time\n" + "".join(
        f"began{n} = time.process_time()\nwhile time.process_time() - began{n} < 30: pass\nprint({n})\n"
        for n in range(14)
    )
    report = hand_in(f"SCALE = 2.0\n{trains}\n{WORK.replace('x * 2.0', 'x * SCALE')}")
    assert report.score == report.max_score, report.reasons


def test_streams_can_be_wrapped_anew(hand_in):
    """As programs on Windows do, for their encoding."""
    wrapped = "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint('é')\n"
    again = "sys.stderr.reconfigure(encoding='utf-8')\nout = io.TextIOWrapper(sys.stderr.detach(), encoding='utf-8')\n"
    report = hand_in(f"{wrapped}{again}{WORK}")
    assert (report.notes, report.score) == ((), report.max_score)
