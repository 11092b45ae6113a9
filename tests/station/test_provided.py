"""Error carried forward: what the assignment provides is the reference's, wherever a submission holds it."""

from dataclasses import fields

import pytest

from autograder.records.outcome import Fault, Outcome
from autograder.remote.bounds import Cost
from autograder.station import Station
from tests.writing import ONE, examine, write_course, write_criterion

LAYERS = """
import numpy as np

def forward(x, w):
    return x @ w, (x, w, x @ w)

def backward(dout, cache):
    x, w, _ = cache
    return dout @ w.T, x.T @ dout

def start(size):
    return {"W1": np.ones((size, size)), "b1": 0.0}

def checked(x):
    if x < 0:
        raise ValueError("checked: x must not be negative")
    return x
"""

NET = """
from layers import *

def loss(x, w):
    out, cache = forward(x, w)
    dx, dw = backward(out, cache)
    return float(out.sum()), dw

def total(size):
    return float(start(size)["W1"].sum())

def use(x):
    return checked(x - 2.0)

def peek(x, w):
    return forward(x, w)[1]

def many(times):
    return sum(checked(1.0) for _ in range(times))
"""

WRONG = """
import numpy as np
def forward(x, w): return 0 * (x @ w), None
def backward(dout, cache): return None
def start(size): return {}
def checked(x): return None
"""

LOSS = """
x, w = rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
value, dw = submission.loss(x, w)
expected, dw_expected = reference.loss(x, w)
assert_close(value, expected)
assert_close(dw, dw_expected)
"""

BOTH = ["forward", "backward", "start", "checked"]
TEMPLATE = "".join(f"def {name}(*args):\n    raise NotImplementedError\n\n\n" for name in BOTH)


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station of two files, with criteria that provide the first and one that does not."""
    rubric = (
        write_criterion("alone", LOSS, tests=["loss"])
        + write_criterion("carried", LOSS, tests=["loss"], provided=BOTH)
        + write_criterion("whole", "assert submission.total(3) == 9.0", tests=["total"], provided=BOTH)
        + write_criterion("raising", "assert submission.use(3.0) == 1.0", tests=["use"], provided=BOTH)
        + write_criterion(
            "peeking", "submission.peek.keep(np.ones((1, 1)), np.ones((1, 1)))\ncheck(True, 'x')", provided=BOTH
        )
        + write_criterion("often", "assert submission.many(3) == 3.0", tests=["many"], provided=BOTH)
    ).replace("tests=['f']", "tests=['peek']")
    files = {"layers.py": LAYERS, "net.py": NET}
    folder = tmp_path_factory.mktemp("course")
    settings = write_course(folder, files, rubric, top='aliases = ["nn"]', rubric_s=4.0)
    (folder / "student_template/small/layers.py").write_text(TEMPLATE)  # importable where no layers.py was handed in
    with Station(settings) as station:
        yield station


def outcomes(records, *names):
    return [records[name].outcome for name in names]


@pytest.mark.parametrize(
    "imports",
    [
        "from layers import *",
        "from layers import forward, backward, start, checked",
        "import layers\nfrom nn.layers import *",
    ],
)
def test_provided_functions_stand_in_for_wrong_ones_however_they_are_imported(station, imports):
    """They are bound before the submission's code runs; without them the mistake is paid where it was made."""
    net = NET.replace("from layers import *", imports) + ONE
    records = examine(station, {"layers.py": WRONG, "net.py": net})
    assert records["alone"].outcome is not Outcome.PASSED
    assert outcomes(records, "carried", "whole", "often") == [Outcome.PASSED] * 3


def test_provided_functions_stand_in_for_a_file_that_is_not_loaded_or_handed_in(station):
    """The other file does not need it."""
    for files in ({"net.py": NET}, {"layers.py": "import nowhere", "net.py": NET}):
        records = examine(station, files)
        assert records["carried"].outcome is Outcome.PASSED
        assert records["alone"].outcome in (
            Outcome.NOT_LOADED,
            Outcome.MISSING,
            Outcome.RAISED,
            Outcome.NOT_ATTEMPTED,
        )


def test_provided_function_copied_into_the_other_file_is_replaced_there_too(station):
    """A mistake in a copy is the same mistake."""
    copied = NET.replace("from layers import *", WRONG)
    assert examine(station, {"layers.py": WRONG, "net.py": copied})["carried"].outcome is Outcome.PASSED


def test_provided_function_that_is_called_wrongly_is_the_submissions_fault(station):
    """What the reference raises about its arguments is told, and is no fault of the rubric."""
    record = examine(
        station, {"layers.py": LAYERS, "net.py": NET.replace("x - 2.0", "x - 9.0")}, criteria=frozenset({"x_raising"})
    )["raising"]
    assert (record.outcome, record.fault) == (Outcome.FAILED, Fault.SUBMISSION)
    said = "A function of the grader that your code called raised ValueError: checked: x must not be negative (during `use`)."
    assert record.message == said


def test_provided_function_that_does_not_fit_a_right_program_gives_way_to_its_own(station):
    """A helper of the student's own may take or return more than the reference's does."""
    layers = LAYERS.replace("def checked(x):", "def checked(x, strict=True):")
    layers = layers.replace("return x @ w, (x, w, x @ w)", "return (x @ w)[None], (x, w, x @ w)")
    net = NET.replace("checked(x - 2.0)", "checked(x - 2.0, strict=False)").replace("float(out.sum())", "out[0].sum()")
    records = examine(station, {"layers.py": layers, "net.py": net})
    assert outcomes(records, "alone", "carried", "raising") == [Outcome.PASSED] * 3
    note = "This was judged with your own functions in the place of the grader's."
    assert (records["carried"].notes[-1], records["raising"].notes) == (note, (note,))
    assert records["often"].notes == ()


def test_program_that_is_wrong_with_either_function_is_told_of_the_provided_one(station):
    """Its own function changes neither score nor message."""
    wrong = NET.replace("float(out.sum())", "2.0 * float(out.sum())")
    record = examine(station, {"layers.py": LAYERS, "net.py": wrong}, criteria=frozenset({"x_carried"}))["carried"]
    assert (record.outcome, record.notes) == (Outcome.FAILED, ())


GREEDY = """
import numpy as np
from layers import *

def loss(x, w):
    kept = []
    while True:
        kept.append(forward(np.ones((2000, 1)), np.ones((1, 2000))))

def total(size):
    many = np.ones((6000, 6000), np.int8)
    return forward(many, many)[0].sum()

def many(times):
    while True:
        forward(np.ones((300, 300), np.int64), np.ones((300, 300), np.int64))
    return 3.0

def use(x):
    return checked(x - 2.0)
"""


def test_provided_functions_that_are_called_without_end_cost_their_own_criterion(station):
    """Caches that are kept, a call that does not come back, and many that do, are each ended by a bound."""
    records = examine(station, {"layers.py": LAYERS, "net.py": GREEDY})
    assert outcomes(records, "carried", "whole", "often", "raising") == [
        Outcome.MEMORY,
        Outcome.TIMEOUT,
        Outcome.TIMEOUT,
        Outcome.PASSED,
    ]
    assert {records[name].fault for name in ("carried", "whole", "often")} == {Fault.SUBMISSION}
    assert "512 MiB" in records["carried"].message
    assert records["whole"].message == (
        "This criterion was ended in a function of the grader that the submission had called, and that did not come back."
    )
    assert "for more than 2 s of CPU time" in records["often"].message


def test_provided_functions_cost_is_known_of_the_reference(station):
    """What the reference needs is what a submission's bounds are made of."""
    assert len(station._baseline["x_carried"]["cost"]) == len(fields(Cost))


def test_provided_cache_cannot_be_looked_into(station):
    """What the reference remembers stays with the examiner: a loan tells nothing of itself."""
    peeking = NET.replace("forward(x, w)[1]", "vars(type(forward(x, w)[1])), list(forward(x, w)[1])")
    record = examine(station, {"net.py": peeking}, criteria=frozenset({"x_peeking"}))["peeking"]
    assert (record.outcome, record.kind) == (Outcome.RAISED, "TypeError")
    assert "'Loan' object is not iterable" in record.message


def test_provided_function_called_without_end_ends_the_candidate(station):
    """The examiner is not kept busy for ever, and it is the submission's fault."""
    often = NET.replace("range(times)", "range(10**9)")
    record = examine(station, {"layers.py": LAYERS, "net.py": often}, criteria=frozenset({"x_often"}))["often"]
    assert record.outcome in (Outcome.CRASHED, Outcome.TIMEOUT)
    assert record.fault is Fault.SUBMISSION
