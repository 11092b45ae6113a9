"""What a report says beyond its records: what staff should look at."""

import pytest

from autograder.course import CriterionInfo
from autograder.course.facts import SourceFacts
from autograder.inside.reading.syntax.facts import collect_facts
from autograder.records.criterion import CriterionRecord
from autograder.records.outcome import Fault, Outcome
from autograder.report.assemble import flag_answers_by_heart

CRITERIA = (
    CriterionInfo("a_example", "Example", 2, exercise="a", public=True, tests=("f",)),
    CriterionInfo("a_values", "Values", 4, exercise="a", tests=("f",)),
    CriterionInfo("a_large", "Large values", 4, exercise="a"),
    CriterionInfo("a_safe", "Input", 1, exercise="a"),
    CriterionInfo("b_example", "Example", 2, exercise="b", public=True),
)
PASSED = Outcome.PASSED, None, None, 3
WRONG = Outcome.FAILED, Fault.SUBMISSION, "wrong values", 1
NOT_COMPARED = Outcome.PASSED, None, None, 0


HEART = "def f(x):\n    return np.array([12.5, 34.5])\n"


def flags(*fates, source=HEART):
    """What is flagged of criteria that came to these: outcome, fault, kind, number of comparisons."""
    records = {
        info.id: CriterionRecord(info.id, outcome, fault, kind=kind, comparisons=comparisons)
        for info, (outcome, fault, kind, comparisons) in zip(CRITERIA, fates, strict=False)
    }
    facts = SourceFacts.from_wire(collect_facts({"layers.py": source}))
    return flag_answers_by_heart(CRITERIA, records, facts)


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


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return np.array([12.5, 34.5])\n",
        "def f(x):\n    return np.array([[-12.5, 3], [1, 2]]), None\n",
        "def f(x):\n    return np.array([[12.5], [34.5]]), None\n",
        "def f(x):\n    return np.full((2, 1), 12.5)\n",
        "def f(x):\n    return np.array([2.5])\n",
        "def f(x):\n    return 0.6931\n",
        "def f(x):\n    return 12.5, None\n",
        "def f(x):\n    return 19661193 / 1e8\n",
        "KNOWN = {3: 12.5, 4: 34.5}\ndef f(x):\n    return KNOWN[len(x)]\n",
        "KNOWN = []\nKNOWN.append([12.5, 34.5])\ndef f(x):\n    return KNOWN[0]\n",
        "def f(x):\n    return load('iVBORw0KGgoAAAANSUhEUgAAAAE')\n",
        "def helper(x):\n    return [12.5, 34.5]\ndef f(x):\n    return helper(x)\n",
        "exec(s)\nx = [12.5, 34.5]\n",
    ],
)
def test_answers_in_functions_of_the_exercise_are_flagged(source):
    """In a list, as a number of many digits, in a table, in a text, in a function that is called."""
    assert len(flags(PASSED, WRONG, WRONG, NOT_COMPARED, source=source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def f(D, H):\n    return keras.Sequential([keras.Input((D,)), layers.Dense(H, activation='sigmoid')])\n",
        "def f(D):\n    keras.mixed_precision.set_global_policy('mixed_float16')\n    return keras.Sequential([layers.Dense(D)])\n",
        "def f(x, eps=1e-8, momentum=0.999):\n    if x is None:\n        return 0\n    return 1.5 * x.transpose(0, 3, 1, 2)\n",
        "def f(x):\n    raise ValueError('x must be an array of three axes')\n",
        "def other(x):\n    return [12.5, 34.5]\ndef f(x):\n    return x\nprint(f([1.0, 2.0]))\n",
    ],
)
def test_functions_without_anything_like_an_answer_are_not_flagged(source):
    """A model with another activation or of little precision is lost everywhere and holds no answers."""
    assert flags(PASSED, WRONG, WRONG, NOT_COMPARED, source=source) == ()
