"""A rubric that is wrong costs nobody points, and says so; no submission can pass for it."""

import pytest

from autograder.errors import CourseError
from autograder.records.outcome import Fault, Outcome
from autograder.station import Station
from tests.writing import examine, write_course, write_criterion

REFERENCE = "def f(x):\n    return x * 2.0\n"
HONEST = f"{REFERENCE}\ndef one():\n    return 1\n"
STUDENTS = [f"student {number}" for number in range(12)]

# Wrong for some draws only: the reference's own run does not show it.
ODD = """
if rng.random() < 0.4:
    raise KeyError("a mistake of the author")
assert_close(submission.f(1.0), 2.0)
"""
SKIPS = "import pytest as py\nif rng.random() < 0.4:\n    getattr(py, 'skip')('later')\nassert_close(submission.f(1.0), 2.0)"
UNCHECKED = "if rng.random() > 0.6:\n    return\nassert_close(submission.f(1.0), 2.0)"
# Wrong where only a wrong submission comes: the reference never shows it.
MISUSED = """
if not is_close(submission.f(1.0), 2.0):
    partial("half of it", 0.5)
assert_close(submission.f(1.0), 2.0)
"""
# The argument is the submission's answer: no way out of a lost criterion.
FED = """
if not is_close(submission.f(1.0), 2.0):
    partial(submission.f(1.0), "half of it")
assert_close(submission.f(1.0), 2.0)
"""
CRITERIA = {
    "misused": MISUSED,
    "fed": FED,
    "odd": ODD,
    "skips": SKIPS,
    "unchecked": UNCHECKED,
    "sound": "assert_close(submission.f(1.0), 2.0)",
}


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station of a rubric that is wrong for two students in five."""
    rubric = "".join(write_criterion(name, body) for name, body in CRITERIA.items())
    rubric += write_criterion("behind", CRITERIA["sound"], after=["x_odd"])
    rubric += write_criterion("behind_both", CRITERIA["sound"], after=["x_odd", "x_sound"])
    with Station(write_course(tmp_path_factory.mktemp("course"), REFERENCE, rubric)) as station:
        yield station


@pytest.fixture(scope="module")
def graded(station):
    """An honest submission under the draws of many students."""
    return [examine(station, HONEST, student) for student in STUDENTS]


def test_criterion_that_the_reference_does_not_pass_either_is_ungraded(graded):
    """The draws are the student's, the mistake is the author's, and its place is told."""
    records = [records["odd"] for records in graded]
    faulty = [record for record in records if record.fault is Fault.RUBRIC]
    assert {record.outcome for record in records if record not in faulty} == {Outcome.PASSED}
    assert {record.outcome for record in faulty} == {Outcome.UNGRADED}
    message = "The reference does not pass this criterion either: KeyError: 'a mistake of the author' (test_x.py, line "
    assert all(record.message.startswith(message) for record in faulty)


def test_skip_that_the_reference_meets_too_is_the_rubrics_fault(graded):
    """A skip counts as neither passed nor failed."""
    faulty = [records["skips"] for records in graded if records["skips"].fault is Fault.RUBRIC]
    assert faulty
    assert all("A rubric must not skip" in record.message for record in faulty)


def test_criterion_without_a_check_is_never_passed(graded):
    """Where the reference makes no check either, nobody is to blame but the rubric."""
    faulty = [records["unchecked"] for records in graded if records["unchecked"].fault is Fault.RUBRIC]
    assert faulty
    assert all("made no check" in record.message for record in faulty)


def test_rest_is_graded_beside_a_faulty_criterion(graded):
    """One mistake of the author leaves the other criteria what they are."""
    assert {records["sound"].outcome for records in graded} == {Outcome.PASSED}


def test_criterion_behind_one_that_could_not_be_graded_is_ungraded_too(graded):
    """Nobody pays for a criterion that could not be graded, also not by what comes after it."""
    for records in graded:
        for name in ("behind", "behind_both"):
            if records["odd"].fault is Fault.RUBRIC:
                told = (records[name].outcome, records[name].fault, records[name].message)
                assert told == (Outcome.UNGRADED, Fault.RUBRIC, "Comes after “About odd”, which could not be graded.")
            else:
                assert records[name].outcome is Outcome.PASSED


def test_criterion_behind_one_that_was_lost_is_skipped_whatever_else_happened(station, graded):
    """What a submission lost itself is its own."""
    number = next(number for number, records in enumerate(graded) if records["odd"].fault is Fault.RUBRIC)
    records = examine(station, "def f(x): return x", STUDENTS[number])
    assert (records["behind_both"].outcome, records["behind_both"].fault) == (Outcome.SKIPPED, Fault.SUBMISSION)
    assert records["behind_both"].message == "Comes after “About sound”, which is not solved yet."


def test_same_draws_give_the_same_fault_again(station, graded):
    """A verdict depends on student, criterion and secret alone."""
    again = [examine(station, HONEST, student, criteria=["x_odd"])["odd"].fault for student in STUDENTS]
    assert again == [records["odd"].fault for records in graded]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("submission.f(1.0)", "This criterion made no check, so it cannot be passed."),
        ("check(submission.f(1.0) == 3.0, 'f(1) is not 3')", "x_a: failed. f(1) is not 3"),
        ("raise KeyError('dx')", "x_a: ungraded. KeyError: 'dx' (test_x.py, line "),
        ("import pytest as py\ngetattr(py, 'skip')('later')", "A rubric must not skip, xfail or exit"),
        ("import pytest as py\ngetattr(py, 'exit')('stop')", "A rubric must not skip, xfail or exit"),
        ("check(True, 'x')\ntry:\n    check(False, 'y')\nexcept AssertionError:\n    pass", "x_a: failed. y"),
        ("import sys\nsys.exit(3)", "x_a: ungraded. SystemExit: 3"),
    ],
)
def test_reference_that_does_not_get_full_marks_is_an_error_of_the_course(tmp_path, body, said):
    """Nothing is graded against it; every criterion that it loses is named with the reason."""
    settings = write_course(tmp_path, REFERENCE, write_criterion("a", body))
    with pytest.raises(CourseError) as raised:
        Station(settings).start()
    assert str(raised.value).startswith(
        "The reference of 'small' does not get full marks, so nothing can be graded against it:\n"
    )
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("while True:\n    pass", "x_a: ungraded. This criterion took longer than its deadline, on the reference."),
        ("import os\nos._exit(0)", "x_a: ungraded. This criterion ended the process that checks it, on the reference."),
    ],
)
def test_rubric_that_never_ends_or_ends_its_process_is_an_error_of_the_course(tmp_path, monkeypatch, body, said):
    """The station waits no longer than the criterion's deadline, and asks a second time at most."""
    monkeypatch.setattr(
        "autograder.station.supervise.crowding", lambda: 1.0
    )  # it would wait longer on a crowded machine
    limits = write_course(tmp_path, REFERENCE, write_criterion("a", body), rubric_s=1.0)
    settings_file = tmp_path / "assignments/small/assignment.toml"
    settings_file.write_text(settings_file.read_text().replace("timeout_s = 2.0", "timeout_s = 0.2"))
    with pytest.raises(CourseError) as raised:
        Station(limits).start()
    assert said in str(raised.value)


def test_helper_called_wrongly_where_only_a_wrong_submission_comes_costs_nothing(station):
    """The mistake stands in the rubric as it is, so the criterion is ungraded and its line is told."""
    record = examine(station, HONEST.replace("2.0", "3.0"))["misused"]
    assert (record.outcome, record.fault) == (Outcome.UNGRADED, Fault.RUBRIC)
    start = "The rubric calls a helper wrongly (test_x.py, line "
    assert record.message.startswith(start)
    assert record.message.endswith("): partial: `fraction` must be a number from 0 to 1, got 'half of it'.")


def test_helper_called_wrongly_by_an_answer_is_the_submissions_fault(station):
    """A submission cannot leave a criterion ungraded by an answer that a helper refuses."""
    record = examine(station, HONEST.replace("2.0", "3.0"))["fed"]
    assert (record.outcome, record.fault) == (Outcome.FAILED, Fault.SUBMISSION)
