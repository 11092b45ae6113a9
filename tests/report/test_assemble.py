"""What a report says beyond its records: what staff should look at."""

import pytest

from autograder.assignment import CriterionInfo
from autograder.examiner.record import CriterionRecord
from autograder.outcome import Fault, Outcome
from autograder.report.assemble import flag_answers_by_heart

CRITERIA = (
    CriterionInfo("a_example", "a", "Example", 2, public=True),
    CriterionInfo("a_values", "a", "Values", 4),
    CriterionInfo("a_large", "a", "Large values", 4),
    CriterionInfo("a_safe", "a", "Input", 1),
    CriterionInfo("b_example", "b", "Example", 2, public=True),
)
PASSED = Outcome.PASSED, None, None, 3
WRONG = Outcome.FAILED, Fault.SUBMISSION, "wrong values", 1
NOT_COMPARED = Outcome.PASSED, None, None, 0


def flags(*fates):
    """What is flagged of criteria that came to these: outcome, fault, kind, number of comparisons."""
    records = {
        info.id: CriterionRecord(info.id, outcome, fault, kind=kind, comparisons=comparisons)
        for info, (outcome, fault, kind, comparisons) in zip(CRITERIA, fates, strict=False)
    }
    return flag_answers_by_heart(CRITERIA, records)


@pytest.mark.parametrize("large", [WRONG, (Outcome.FAILED, Fault.SUBMISSION, "shape", 2)])
def test_answers_written_down_are_flagged_by_exercise(large):
    """Right where the answer was shown and wrong wherever else values are compared; what compares none does not matter."""
    (flag,) = flags(PASSED, WRONG, large, NOT_COMPARED, PASSED)
    what = "passes every public criterion, and no hidden one that compares values (a_values, a_large)."
    assert flag == f"Exercise a: {what} Are answers written down?"


@pytest.mark.parametrize(
    "fates",
    [
        (PASSED, PASSED, PASSED, NOT_COMPARED),
        (PASSED, WRONG, PASSED, NOT_COMPARED),
        (WRONG, WRONG, WRONG, NOT_COMPARED),
        (PASSED, WRONG, (Outcome.RAISED, Fault.SUBMISSION, "ValueError", 1), NOT_COMPARED),
        (PASSED, WRONG, (Outcome.PARTIAL, Fault.SUBMISSION, "wrong values", 2), NOT_COMPARED),
        (PASSED, WRONG, (Outcome.FAILED, Fault.SUBMISSION, "dtype", 2), NOT_COMPARED),
        (PASSED, NOT_COMPARED, NOT_COMPARED, NOT_COMPARED),
        (PASSED, WRONG, NOT_COMPARED, NOT_COMPARED),
        (),
    ],
)
def test_ordinary_mistakes_are_not_flagged(fates):
    """One hidden criterion that was passed, a public one that was lost, little that compares values, or another kind of mistake, and nothing is said."""
    assert flags(*fates) == ()
