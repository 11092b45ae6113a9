"""Provided functions at home: what the reference answered to a call is found again by its arguments."""

import numpy as np
import pytest

from autograder.examiner.verdict import UndecidedEnd
from autograder.home.provided import CallRecorder, Signature, is_same_value, play_provided
from autograder.remote import Loan
from autograder.wire import decode, encode

X = np.array([[1.0, 2.0], [3.0, 4.0]])


class Cache:
    """Something that is no value."""


class Words:
    """A data set of the rubric, which has a state."""

    def __init__(self, *words):
        self.words = list(words)


def forward(x, w, b=0.0):
    return x @ w + b, Cache()


def backward(dout, cache):
    assert isinstance(cache, Cache)
    return 2 * dout


def draw(words, count=1):
    return [words.words.pop(0) for _ in range(count)]


def positive(x):
    if np.any(x < 0):
        raise ValueError("x must not be negative")
    return x, (x,)


FUNCTIONS = {one.__name__: one for one in (forward, backward, draw, positive)}


@pytest.fixture
def tape():
    """Record what a caller does with the functions, through the bytes of a tape; what stands for them at home."""

    def record(*callers):
        recorder = CallRecorder()
        for caller in callers:
            recorder.begin()
            caller(**{name: recorder.record(name, one) for name, one in FUNCTIONS.items()})
        rows = [[one.function, dict(one.arguments), list(one.answers)] for one in recorder.calls]
        rows = decode(b"".join(map(bytes, encode(rows))))
        calls = [type(recorder.calls[0])(*row) for row in rows]
        return lambda: play_provided(FUNCTIONS, calls, {n: Signature.of(n, f) for n, f in FUNCTIONS.items()})

    return record


def both(forward, backward, **_):
    """Call forward twice, and go back through the second."""
    forward(X, X)
    _, cache = forward(X, 2 * X, b=1.0)
    backward(X, cache.value)  # what crosses is a loan; what comes back is what was lent


def test_provided_call_is_found_whatever_the_order_and_number_of_calls(tape):
    """A student may call in another order, by keyword, and more often than the reference."""
    home = tape(both)()
    for _ in range(3):
        out, _ = home["forward"](w=2 * X, b=1, x=X)
        np.testing.assert_array_equal(out, X @ (2 * X) + 1)
    np.testing.assert_array_equal(home["forward"](X, X)[0], X @ X)


def test_provided_cache_of_one_call_leads_to_the_answer_of_another(tape):
    """A cache is known by the call that made it: that of another call is another argument."""
    home = tape(both)()
    _, first = home["forward"](X, X)
    _, second = home["forward"](X, 2 * X, 1.0)
    assert isinstance(second, Loan)
    np.testing.assert_array_equal(home["backward"](X, second.value), 2 * X)
    with pytest.raises(UndecidedEnd, match="your code calls it with arguments for which its answer is not recorded"):
        home["backward"](X, first.value)


def test_provided_call_with_rounding_error_is_found_and_a_small_step_is_not(tape):
    """A student's numbers differ in the last digits; a finite difference is another argument."""
    home = tape(both)()
    np.testing.assert_array_equal(home["forward"](X * (1 + 1e-13), X)[0], X @ X)
    with pytest.raises(UndecidedEnd):
        home["forward"](X + 1e-6, X)


def test_provided_call_in_float32_is_answered_in_float32(tape):
    """The answer has the width that the function itself would give it."""
    out, _ = tape(both)()["forward"](X.astype(np.float32), X.astype(np.float32))
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, X @ X, rtol=1e-6)


def test_provided_calls_of_another_solution_are_added(tape):
    """An accepted variant or a mutant calls otherwise: that is answered, too."""
    home = tape(both, lambda forward, **_: forward(X.T, X))()
    np.testing.assert_array_equal(home["forward"](X.T, X)[0], X.T @ X)
    np.testing.assert_array_equal(home["forward"](X, X)[0], X @ X)


def test_provided_function_with_a_state_answers_in_turn(tape):
    """What the rubric's own object answers depends on what was drawn before; beyond the record nothing is known."""
    words = Words(2, 0, 1)
    home = tape(lambda draw, **_: [draw(words, 2), draw(words), draw(Words(1), 1)])
    for _ in range(2):  # each candidate begins anew
        here = home()
        assert [here["draw"](words, 2), here["draw"](words), here["draw"](words)] == [[2, 0], [1], [1]]
        with pytest.raises(UndecidedEnd):
            here["draw"](words, 2)


def test_provided_function_that_raises_raises_at_home(tape):
    """An exception of the reference is an answer like any other; a wrong call is refused as Python does it."""

    def caller(positive, **_):
        with pytest.raises(ValueError, match="must not be negative"):
            positive(-X)

    home = tape(caller)()
    with pytest.raises(ValueError, match="x must not be negative"):
        home["positive"](-X)
    with pytest.raises(TypeError, match=r"positive\(\) missing a required argument: 'x'"):
        home["positive"]()


def test_provided_cache_of_the_callers_own_arguments_is_made_of_them(tape):
    """It crosses as a value, and holds what this caller gave rather than what was recorded."""
    home = tape(lambda positive, **_: positive(X))()
    x = X * (1 + 1e-13)
    assert home["positive"](x)[1][0] is x


@pytest.mark.parametrize(
    ("recorded", "given", "expected"),
    [
        (1.0, 1, True),
        (1, 1.0, False),
        (np.array([0, 1]), np.array([0, 1], np.int32), True),
        (np.array([0, 1]), np.array([0.0, 1.0]), False),
        (np.array([True]), np.array([1]), False),
        (np.array([1.0, 0.0]), np.array([1.0, 1e-17]), True),
        (np.array([1e-17]), np.array([-1e-17]), True),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf]), True),
        (np.array([np.inf]), np.array([-np.inf]), False),
        (np.zeros((2, 1)), np.zeros(2), False),
        ([1.0, "a"], [1.0 + 1e-15, "a"], True),
        ([1.0], (1.0,), False),
        ({"W": X}, {"W": X + 1e-15}, True),
        ({"W": X}, {"V": X}, False),
        (None, None, True),
        (None, 0, False),
        ("mean", "sum", False),
    ],
)
def test_is_close_takes_rounding_and_width_for_the_same_and_nothing_else(recorded, given, expected):
    """Values, shapes and kinds of numbers count; an index is no float and a mask no index."""
    assert is_same_value(recorded, given) is expected
