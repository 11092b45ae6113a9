"""What a student may see, cell by cell."""

from __future__ import annotations

import pytest

from autograder.records.evidence import Evidence
from autograder.records.outcome import Fault, Outcome, Status
from autograder.records.report import ExceptionRecord, Frame, Output
from autograder.report.feedback import NOT_BUILTIN, TABLE, Detail, FeedbackCell, FeedbackColumn, column_of, feedback
from autograder.report.html import render_feedback_html
from autograder.report.terminal import render_text
from tests.report import samples
from tests.report.samples import Fate

CANARY = "canary-3.14159"
TRACE = ExceptionRecord(
    type="ValueError",
    text=f"text {CANARY}",
    frames=(
        Frame(file="layers.py", line=12, function=f"f_{CANARY}", source=f"source {CANARY}"),
        Frame(file="layers.py", line=64, function=f"g_{CANARY}", source=f"source {CANARY}", is_tested=True),
    ),
)
TOLD = {
    "message": f"message {CANARY}",
    "cause": "It uses `pd`, which was not loaded.",
    "kind": "wrong values",
    "evidence": Evidence(name=f"evidence {CANARY}", actual=CANARY),
    "notes": (f"note {CANARY}",),
    "exception": TRACE,
    "output": Output(stdout=f"stdout {CANARY}", stderr=f"stderr {CANARY}"),
    "duration_s": 2.6,
}
PUBLIC, HIDDEN = "b4_train_values", "b4_gradient"
FAULTS = {Outcome.PASSED: None, Outcome.UNGRADED: Fault.INFRASTRUCTURE}


def seen(criterion_id, outcome=Outcome.FAILED, *, show_lines=True, **more):
    """Give what a student sees of one criterion."""
    fate = Fate(outcome, fault=FAULTS.get(outcome, Fault.SUBMISSION), more=TOLD | more)
    told = feedback(samples.report(fates={criterion_id: fate}), show_lines=show_lines)
    return next(item for item in told.criteria if item.id == criterion_id)


SUBJECTS = {
    FeedbackColumn.OPEN: (PUBLIC, Outcome.FAILED),
    FeedbackColumn.HIDDEN: (HIDDEN, Outcome.FAILED),
    FeedbackColumn.UNGRADED: (HIDDEN, Outcome.UNGRADED),
}
EXPECTED = {
    (Detail.OUTCOME, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("outcome", Outcome.FAILED)),
    (Detail.OUTCOME, FeedbackColumn.HIDDEN): (FeedbackCell.ALL, ("outcome", Outcome.FAILED)),
    (Detail.OUTCOME, FeedbackColumn.UNGRADED): (FeedbackCell.ALL, ("outcome", Outcome.UNGRADED)),
    (Detail.POINTS, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("max_points", 5)),
    (Detail.POINTS, FeedbackColumn.HIDDEN): (FeedbackCell.ALL, ("max_points", 6)),
    (Detail.POINTS, FeedbackColumn.UNGRADED): (FeedbackCell.ALL, ("max_points", 6)),
    (Detail.TITLE, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("title", "Batch norm: output in train mode")),
    (Detail.TITLE, FeedbackColumn.HIDDEN): (FeedbackCell.ALL, ("title", "Batch norm: backward pass")),
    (Detail.TITLE, FeedbackColumn.UNGRADED): (FeedbackCell.ALL, ("title", "Batch norm: backward pass")),
    (Detail.HINT, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("hint", "eps stands inside the root: sqrt(var + eps).")),
    (Detail.HINT, FeedbackColumn.HIDDEN): (
        FeedbackCell.ALL,
        (
            "hint",
            "x reaches the output on three paths: directly, through the mean and through the variance. Add all three.",
        ),
    ),
    (Detail.HINT, FeedbackColumn.UNGRADED): (FeedbackCell.NOTHING, ("hint", "")),
    (Detail.MESSAGE, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("message", TOLD["message"])),
    (Detail.MESSAGE, FeedbackColumn.HIDDEN): (FeedbackCell.KIND, ("message", None)),
    (Detail.MESSAGE, FeedbackColumn.UNGRADED): (FeedbackCell.NOTHING, ("message", None)),
    (Detail.CAUSE, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("cause", TOLD["cause"])),
    (Detail.CAUSE, FeedbackColumn.HIDDEN): (FeedbackCell.ALL, ("cause", TOLD["cause"])),
    (Detail.CAUSE, FeedbackColumn.UNGRADED): (FeedbackCell.NOTHING, ("cause", "")),
    (Detail.EVIDENCE, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("evidence", TOLD["evidence"])),
    (Detail.EVIDENCE, FeedbackColumn.HIDDEN): (FeedbackCell.NOTHING, ("evidence", None)),
    (Detail.EVIDENCE, FeedbackColumn.UNGRADED): (FeedbackCell.NOTHING, ("evidence", None)),
    (Detail.NOTES, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("notes", TOLD["notes"])),
    (Detail.NOTES, FeedbackColumn.HIDDEN): (FeedbackCell.NOTHING, ("notes", ())),
    (Detail.NOTES, FeedbackColumn.UNGRADED): (FeedbackCell.NOTHING, ("notes", ())),
    (Detail.EXCEPTION, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("exception", TRACE)),
    (Detail.EXCEPTION, FeedbackColumn.HIDDEN): (
        FeedbackCell.BUILTIN,
        ("exception", ExceptionRecord(type="ValueError", frames=(Frame(file="layers.py", line=64, is_tested=True),))),
    ),
    (Detail.EXCEPTION, FeedbackColumn.UNGRADED): (FeedbackCell.NOTHING, ("exception", None)),
    (Detail.OUTPUT, FeedbackColumn.OPEN): (FeedbackCell.ALL, ("output", TOLD["output"])),
    (Detail.OUTPUT, FeedbackColumn.HIDDEN): (FeedbackCell.NOTHING, ("output", None)),
    (Detail.OUTPUT, FeedbackColumn.UNGRADED): (FeedbackCell.NOTHING, ("output", None)),
    (Detail.DURATION, FeedbackColumn.OPEN): (FeedbackCell.SECONDS, ("duration_s", 3)),
    (Detail.DURATION, FeedbackColumn.HIDDEN): (FeedbackCell.NOTHING, ("duration_s", None)),
    (Detail.DURATION, FeedbackColumn.UNGRADED): (FeedbackCell.NOTHING, ("duration_s", None)),
}


@pytest.mark.parametrize(("detail", "column"), [(detail, column) for detail in Detail for column in FeedbackColumn])
def test_feedback_cell_shows_what_the_table_says(detail, column):
    """Each cell of the table is what a student really gets; a new row or column needs a case here."""
    shown, (attribute, value) = EXPECTED[detail, column]
    assert TABLE[detail][column] is shown
    assert getattr(seen(*SUBJECTS[column]), attribute) == value


@pytest.mark.parametrize(
    ("criterion_id", "outcome", "column"),
    [(PUBLIC, outcome, FeedbackColumn.OPEN) for outcome in Outcome if outcome is not Outcome.UNGRADED]
    + [(HIDDEN, outcome, FeedbackColumn.OPEN) for outcome in (Outcome.MISSING, Outcome.NOT_LOADED, Outcome.SKIPPED)]
    + [
        (HIDDEN, outcome, FeedbackColumn.HIDDEN)
        for outcome in Outcome
        if outcome not in (Outcome.MISSING, Outcome.NOT_LOADED, Outcome.SKIPPED, Outcome.UNGRADED)
    ]
    + [(PUBLIC, Outcome.UNGRADED, FeedbackColumn.UNGRADED), (HIDDEN, Outcome.UNGRADED, FeedbackColumn.UNGRADED)],
)
def test_column_of_criterion_is_hidden_unless_decided_before_any_input(criterion_id, outcome, column):
    """Only public criteria, and what was known before a hidden input existed, are shown in full."""
    fate = Fate(outcome, fault=FAULTS.get(outcome, Fault.SUBMISSION))
    report = samples.report(fates={criterion_id: fate})
    assert column_of(next(item for item in report.criteria if item.id == criterion_id)) is column


@pytest.mark.parametrize(
    "outcome", [item for item in Outcome if item not in (Outcome.MISSING, Outcome.NOT_LOADED, Outcome.SKIPPED)]
)
def test_feedback_of_a_hidden_criterion_carries_nothing_that_the_submission_said(outcome):
    """A canary that the submission printed, raised and returned while a hidden criterion ran is nowhere in its feedback."""
    fate = Fate(outcome, fault=FAULTS.get(outcome, Fault.SUBMISSION), more=TOLD)
    told = feedback(samples.report(fates={HIDDEN: fate}), show_lines=True)
    assert CANARY not in told.model_dump_json()
    assert CANARY not in render_feedback_html(told)
    assert CANARY not in render_text(told, width=80)


def test_feedback_of_a_hidden_failure_names_its_kind():
    """The sort of mistake is the rubric's word, so a student may know it."""
    assert seen(HIDDEN).kind == "wrong values"


@pytest.mark.parametrize("outcome", [Outcome.RAISED, Outcome.FORBIDDEN, Outcome.NOT_ATTEMPTED, Outcome.CRASHED])
def test_feedback_of_a_hidden_criterion_has_no_kind_that_a_student_could_choose(outcome):
    """The name of an exception class may hold the hidden input; it is no kind."""
    assert seen(HIDDEN, outcome, kind=f"Leak_{CANARY}").kind is None


@pytest.mark.parametrize(
    ("name", "builtin", "shown"),
    [
        ("ZeroDivisionError", None, "ZeroDivisionError"),
        ("LinAlgError", "ValueError", "ValueError"),
        ("Leak_0_5_1_25", None, NOT_BUILTIN),
        ("print", None, NOT_BUILTIN),
        ("__import__", "object", NOT_BUILTIN),
        ("x.y", "KeyError", "KeyError"),
    ],
)
def test_feedback_of_a_hidden_exception_names_builtin_types_only(name, builtin, shown):
    """A class that the submission made up is told as not built in, or by the builtin it is near to."""
    criterion = seen(HIDDEN, Outcome.RAISED, exception=ExceptionRecord(type=name, builtin=builtin))
    assert criterion.exception == ExceptionRecord(type=shown)


def test_feedback_without_lines_names_the_type_only():
    """The assignment can turn file and line off."""
    assert seen(HIDDEN, Outcome.RAISED, show_lines=False).exception == ExceptionRecord(type="ValueError")


def test_feedback_of_a_hidden_exception_has_the_innermost_tested_line_alone():
    """All else in a frame is what the submission says; nothing of it is shown."""
    frames = (
        Frame(file="layers.py", line=3, function="f", source="x", is_tested=True),
        Frame(file="net.py, cell 3", line=2, function="g", source=CANARY, is_tested=True),
        Frame(file="layers.py", line=313, function=CANARY),
    )
    criterion = seen(HIDDEN, Outcome.RAISED, exception=ExceptionRecord(type="ValueError", frames=frames))
    assert criterion.exception.frames == (Frame(file="net.py, cell 3", line=2, is_tested=True),)
    untested = ExceptionRecord(type="ValueError", frames=frames[2:])
    assert seen(HIDDEN, Outcome.RAISED, exception=untested).exception == ExceptionRecord(type="ValueError")


def test_feedback_of_a_public_criterion_with_provided_functions_is_that_of_a_hidden_one():
    """What the submission says there could be their answers; `check` shows it at home."""
    criterion = seen(PUBLIC, has_provided=True)
    assert CANARY not in criterion.model_dump_json()
    assert (criterion.message, criterion.public) == (None, True)
    fate = Fate(Outcome.FAILED, fault=Fault.SUBMISSION, more=TOLD | {"has_provided": True})
    page = render_feedback_html(feedback(samples.report(fates={PUBLIC: fate}), show_lines=True))
    assert "Functions of the assignment stand in for yours here" in page


def test_feedback_of_a_submission_that_could_not_be_graded_keeps_the_reason_with_staff():
    """What went wrong on the machine is none of the student's business; why an upload was rejected is."""
    rejected = samples.rejected()
    outage = rejected.model_copy(update={"status": Status.UNGRADED, "problems": ("No space left in /srv/grading.",)})
    assert feedback(outage, show_lines=True).problems == ()
    assert feedback(rejected, show_lines=True).problems == rejected.problems


def test_feedback_has_the_total_but_no_total_duration():
    """A total hides nothing; a duration of the whole would tell how long hidden criteria took."""
    told = feedback(samples.half_done(), show_lines=True)
    assert (told.score, told.max_score) == (51.0, 100.0)
    assert "duration_s" not in type(told).model_fields


def test_feedback_has_nothing_that_only_staff_see():
    """Flags, fingerprints, limits and attempts stay with staff."""
    report = samples.needs_another_try()
    told = feedback(report, show_lines=True)
    text = told.model_dump_json() + render_feedback_html(told) + render_text(told, width=80)
    for secret in (*report.flags, report.seed, "rubric/test_b8.py", "no space left", "bubblewrap", "cgroup"):
        assert secret not in text


def test_feedback_of_loading_is_shown_in_full():
    """What a student's own files say while they are loaded is the student's."""
    report = samples.half_done()
    told = feedback(report, show_lines=True)
    assert (told.stdout, told.stderr, told.notes, told.problems) == (report.stdout, report.stderr, report.notes, ())
