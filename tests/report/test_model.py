"""The record of one graded submission."""

from __future__ import annotations

import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from autograder.records.outcome import Fault, Outcome, Status
from autograder.records.report import Criterion, Report, earned_points, status_of, total_points
from autograder.records.schema import SCHEMA_PATH, render_schema
from tests.report import samples

SAMPLES = [samples.half_done, samples.needs_another_try, samples.not_loaded, samples.rejected, samples.hostile]


@pytest.mark.parametrize("sample", SAMPLES)
def test_report_written_and_read_is_the_same(sample):
    """A report survives its way through a file, whatever a submission put into it."""
    report = sample()
    assert report == Report.model_validate_json(report.to_json())


def test_report_json_is_one_line_of_utf8_without_raw_control_characters():
    """A record in a JSON-lines file stays one record, and looking at it is safe."""
    document = samples.hostile().to_json()
    assert document.count("\n") == 1
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", document)


@pytest.mark.parametrize(
    ("max_points", "fraction", "points"),
    [
        (5, 1 / 3, 1.67),
        (5, 0.5, 2.5),
        (1, 0.125, 0.13),
        (1, 0.005, 0.01),
        (7, 1.0, 7.0),
        (3, 0.0, 0.0),
        (2, 0.0025, 0.01),
    ],
)
def test_earned_points_are_rounded_once_to_hundredths_half_away_from_zero(max_points, fraction, points):
    """A half of a hundredth counts for the student."""
    assert earned_points(max_points, fraction) == points


@pytest.mark.parametrize("fraction", [-0.1, 1.01, math.nan, math.inf])
def test_earned_points_of_no_fraction_are_refused(fraction):
    """A fraction outside 0 to 1 is a mistake of the course, never points."""
    with pytest.raises(ValueError, match=r"^fraction: expected a number from 0 to 1, got .*\.$"):
        earned_points(5, fraction)


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1)), max_size=60))
def test_total_points_any_fractions_are_the_exact_sum_within_bounds(parts):
    """The score can be added up by hand, and is never above the maximum or below zero."""
    points = [earned_points(most, fraction) for most, fraction in parts]
    total = total_points(points)
    assert round(100 * total) == sum(round(100 * value) for value in points)
    assert 0 <= total <= sum(most for most, _ in parts)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 50))
def test_earned_points_of_a_larger_fraction_are_not_fewer(one, other, most):
    """More work right never earns less."""
    low, high = sorted((one, other))
    assert earned_points(most, low) <= earned_points(most, high)


def test_report_states_the_score_of_its_criteria():
    """The score is derived from the criteria and stated in the JSON."""
    report = samples.half_done()
    assert (report.score, report.max_score) == (51.0, 100.0)
    assert json.loads(report.to_json())["score"] == 51.0


@pytest.mark.parametrize("stated", [52.0, 1e308, "51", None, True])
def test_report_that_states_another_score_is_refused(stated):
    """Nobody changes a score in a file without changing what it follows from."""
    data = json.loads(samples.half_done().to_json()) | {"score": stated}
    with pytest.raises(ValidationError, match=r"score: the criteria add up to 51\.0, the report states"):
        Report.model_validate(data)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_report_with_a_number_that_is_not_finite_is_refused(constant):
    """No score, duration or limit is NaN or infinite."""
    document = samples.half_done().to_json().replace('"duration_s":10.9', f'"duration_s":{constant}')
    with pytest.raises(ValidationError):
        Report.model_validate_json(document)


def _criterion(**changes):
    given = {"id": "a", "exercise": "x", "title": "A", "points": 0.0, "max_points": 5, "outcome": Outcome.FAILED}
    return Criterion(**{**given, "fault": Fault.SUBMISSION, **changes})


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"points": 6.0, "outcome": Outcome.PARTIAL}, "a: earned 6.0 of 5 points."),
        ({"points": 4.0, "outcome": Outcome.PASSED, "fault": None}, "a: passed, but earned 4.0 of 5 points."),
        ({"points": 1.0}, "a: failed, but earned 1.0 points."),
        (
            {"points": 1.234, "outcome": Outcome.PARTIAL},
            "expected hundredths of a point, got 1.234: round with earned_points()",
        ),
        ({"fault": None}, "a: the fault of failed cannot be None."),
        ({"fault": Fault.RUBRIC}, "a: the fault of failed cannot be rubric."),
        ({"outcome": Outcome.UNGRADED}, "a: the fault of ungraded cannot be submission."),
        ({"outcome": Outcome.PASSED, "points": 5.0}, "a: the fault of passed cannot be submission."),
    ],
)
def test_criterion_that_contradicts_itself_is_refused(changes, problem):
    """Outcome, fault and points of a criterion fit together, or it is no criterion."""
    with pytest.raises(ValidationError, match=re.escape(problem)):
        _criterion(**changes)


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([Outcome.PASSED, Outcome.TIMEOUT], Status.GRADED),
        ([Outcome.PASSED, Outcome.UNGRADED], Status.PARTLY_GRADED),
        ([Outcome.UNGRADED], Status.UNGRADED),
        ([], Status.UNGRADED),
    ],
)
def test_status_of_outcomes_says_whether_anything_is_left_to_grade(outcomes, status):
    """Only what nobody could grade makes a submission less than graded."""
    assert status_of(outcomes) == status


def test_report_with_another_status_than_its_criteria_is_refused():
    """A report cannot call itself graded while a criterion is not."""
    data = json.loads(samples.needs_another_try().to_json()) | {"status": "graded"}
    with pytest.raises(ValidationError, match="status: expected partly_graded, from the criteria, got graded"):
        Report.model_validate(data)


def test_report_rejected_without_a_problem_is_refused():
    """Whoever is rejected is told why."""
    data = json.loads(samples.rejected().to_json()) | {"problems": []}
    with pytest.raises(ValidationError, match="a rejected submission needs a problem that says why"):
        Report.model_validate(data)


def test_report_whose_points_do_not_add_up_to_the_assignment_is_refused():
    """The criteria of a report are those of the assignment, all of them."""
    data = json.loads(samples.half_done().to_json())
    del data["criteria"][0], data["score"]
    with pytest.raises(ValidationError, match="the criteria add up to 96, the assignment to 100"):
        Report.model_validate(data)


def test_report_with_two_criteria_of_one_id_is_refused():
    """A second record of a criterion is no result."""
    data = json.loads(samples.half_done().to_json())
    data["criteria"][1]["id"] = data["criteria"][0]["id"]
    with pytest.raises(ValidationError, match="two criteria have the same id"):
        Report.model_validate(data)


def test_report_is_frozen_and_knows_no_other_keys():
    """What was graded does not change, and a misspelt key is an error."""
    report = samples.rejected()
    with pytest.raises(ValidationError, match="frozen"):
        report.status = Status.GRADED
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Report.model_validate(json.loads(report.to_json()) | {"bonus": 5})


def test_schema_shipped_with_the_package_is_up_to_date():
    """Programs can rely on the schema; `python -m autograder.records.schema` writes it."""
    assert SCHEMA_PATH.read_text(encoding="utf-8") == render_schema()


def test_schema_names_every_key_that_a_report_is_promised_to_have():
    """The keys that other programs read are in the schema and required."""
    schema = json.loads(render_schema())
    promised = {"schema_version", "assignment", "submission", "status", "score", "max_score", "criteria", "environment"}
    promised |= {"seed", "grader_version", "stdout", "stderr"}
    assert promised <= set(schema["required"])
    criterion = {"id", "exercise", "title", "points", "max_points", "outcome", "fault", "public", "message", "hint"}
    assert criterion | {"duration_s", "output"} <= set(schema["$defs"]["Criterion"]["required"])
