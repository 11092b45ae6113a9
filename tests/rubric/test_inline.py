"""The checks against a real candidate: what a submission really sends, in a thread of this process."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.home.inline import InlineSpawner
from autograder.remote import LoadRequest, open_submission
from autograder.rubric import (
    assert_avoids,
    assert_calls,
    assert_close,
    assert_consistent,
    assert_finite,
    assert_linear,
    assert_stable,
    assert_unchanged,
    assert_vectorised,
    unpack,
)

STUDENT = """
import numpy as np

class Thing:
    pass

def nothing(x):
    x.sum()

def thing(x):
    return Thing()

def generator(x):
    return (row for row in x)

def cached(x):
    return x * 2, {"thing": Thing(), "x": x}

def three(x):
    return [x, Thing(), x]

def fortran(x):
    return np.asfortranarray(x)[::-1][::-1]

def swapped(x):
    return x.astype(">f8")

def locked(x):
    out = x.copy()
    out.flags.writeable = False
    return out

def zero_d(x):
    return np.array(x.sum())

def half(x):
    return x.astype(np.float16)

def masked(x):
    return np.ma.masked_all(x.shape)

class Sub(np.ndarray):
    pass

def subclass(x):
    return x.view(Sub)

def objects(x):
    return x.astype(object)

def terabytes(x):
    return np.broadcast_to(0.0, (2**20, 2**20))

def long(x):
    return "x" * 2**21

def empty(x):
    return x[:0]

def matrix(x):
    return np.matrix(x)

def huge(x):
    return np.array([10 ** 400])

def in_place(dout, x):
    dout[x <= 0] = 0
    return dout

def set_key(x, bn_param):
    bn_param["running_mean"] = x.mean(0)
    return x

def naive(z):
    e = np.exp(z)
    return e / e.sum()

def warned(z):
    return np.mean(np.array([]))

def silent(z):
    with np.errstate(all="ignore"):
        return naive(z)

def vectorised(x):
    total = x.sum(axis=0)
    return total * 2

def looping(x):
    return np.array([row.sum() for row in x])

def quadratic(x):
    total = 0
    for i in range(len(x)):
        for j in range(len(x)):
            total += 1
    return total

def forward(x, w):
    return 3 * x @ w

def ask(f, n):
    return sum(f(i) for i in range(n))
"""


@pytest.fixture(scope="module")
def student():
    """Return a submission behind the real conversation."""
    load = LoadRequest(files={"layers.py": STUDENT}, order=["layers.py"])
    submission = open_submission(InlineSpawner(), load)
    yield submission
    submission.close()


X = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]])


@pytest.mark.parametrize("function", ["fortran", "swapped", "locked", "subclass"])
def test_candidate_right_numbers_in_odd_clothes_pass(student, passes, function):
    """Fortran order, negative strides, byte-swapped, read-only, a subclass of ndarray: the values are right."""
    passes(assert_close, getattr(student, function)(X), X, inputs=(X,))


def test_candidate_zero_dimensional_loss_passes(student, passes):
    """A loss may be a 0-d array."""
    passes(assert_close, student.zero_d(X), X.sum(), name="loss")


@pytest.mark.parametrize(
    ("function", "message", "kind"),
    [
        ("nothing", "out: expected an array of shape (2, 3), got None. Is a `return` missing?", "type"),
        ("thing", "out: expected an array of shape (2, 3), got an object of class `Thing`.", "type"),
        ("generator", "out: expected an array of shape (2, 3), got an object of class `generator`.", "type"),
        ("three", "out: expected an array of shape (2, 3), got a list of 3.", "type"),
        ("half", "out: precision too low (float16), expected float64.", "dtype"),
        ("empty", "out: expected shape (2, 3), got (0, 3).", "shape"),
    ],
)
def test_candidate_wrong_kind_of_answer_fails_with_its_name(student, fails, function, message, kind):
    """What a submission really sends for these is told by kind, and never passes."""
    failure = fails(assert_close, getattr(student, function)(X), X, inputs=(X,))
    assert (failure.message, failure.kind) == (message, kind)


@pytest.mark.parametrize("function", ["masked", "objects", "huge"])
def test_candidate_array_of_no_numbers_fails(student, fails, function):
    """Masked and object arrays do not cross as numbers."""
    assert fails(assert_close, getattr(student, function)(X), X).kind in (
        "type",
        "dtype",
        "shape",
        "NaN",
        "wrong values",
    )


@pytest.mark.parametrize(
    ("function", "name", "reason"),
    [
        ("masked", "MaskedArray", "a masked array cannot cross: use its filled() values, or its data and mask apart"),
        (
            "objects",
            "ndarray",
            "an array of dtype object cannot cross: its items are Python objects (rows of different lengths?)",
        ),
        ("terabytes", "ndarray", "8796093022208 bytes cannot cross in one message: at most 536870912 may"),
        ("long", "str", "a string of 2097152 characters cannot cross: at most 1048576 bytes"),
    ],
)
def test_candidate_value_that_cannot_cross_says_why(student, fails, function, name, reason):
    """An array is no "object of class ndarray" without a word of why it did not come as an array."""
    failure = fails(assert_close, getattr(student, function)(X), X, inputs=(X,))
    assert failure.message == f"out: expected an array of shape (2, 3), got an object of class `{name}` ({reason})."


def test_candidate_tuple_with_a_cache_unpacks(student, passes, fails):
    """By value the cache is a handle, kept both are; three values are too many, nothing is none."""
    out, _ = passes(unpack, student.cached(X), "out cache", of="cached")
    passes(assert_close, out, 2 * X)
    out, _ = passes(unpack, student.cached.keep(X), "out cache", of="cached")
    passes(assert_close, out.value(), 2 * X)
    assert fails(unpack, student.three.keep(X), "out cache", of="three").message == (
        "three returned more than 2 values, expected 2 values (out, cache)."
    )
    assert fails(unpack, student.nothing.keep(X), "out cache", of="nothing").message == (
        "nothing returned None, expected 2 values (out, cache). Is a `return` missing?"
    )
    assert fails(unpack, student.thing.keep(X), "out cache", of="thing").message == (
        "thing returned an object of class `Thing`, expected 2 values (out, cache)."
    )


def test_candidate_object_has_no_finite_numbers(student, fails):
    """A handle holds no numbers."""
    assert fails(assert_finite, student.thing(X)).message == "out: expected numbers, got an object of class `Thing`."


def test_candidate_changed_arguments_are_seen(student, passes, fails):
    """The candidate tells its arguments after the call, by position and by name."""
    passes(assert_unchanged, student.vectorised, X)
    assert fails(assert_unchanged, student.in_place, np.ones((2, 3)), X, names="dout x").message == (
        "in_place changed its input dout: 2 of 6 values; dout[0, 1] was 1 and became 0."
    )
    assert fails(assert_unchanged, student.set_key, X, bn_param={"mode": "train"}).message == (
        "set_key changed its input bn_param: its keys became 'mode', 'running_mean'."
    )


def test_candidate_unstable_function_tells_its_line(student, passes, fails):
    """The overflow is told with the student's file and line; ignoring it does not help."""
    passes(assert_stable, student.vectorised, 1e3 * X)
    line = STUDENT.splitlines().index("    e = np.exp(z)") + 1
    assert fails(assert_stable, student.naive, np.array([1e3, 0.0])).message == (
        f"naive is not stable: overflow encountered in exp (layers.py, line {line}), for inputs up to 1000."
    )
    assert fails(assert_stable, student.silent, np.array([1e3, 0.0])).message == (
        "silent: 1 of 2 values are not finite; the first is nan at [0]."
    )
    assert fails(assert_stable, student.warned, np.array([1.0])).message.startswith("warned is not stable: ")


def test_candidate_loops_are_counted(student, passes, fails):
    """A comprehension is a loop, a sum is none, two nested loops are more than linear."""
    sizes = (8, 16, 32)
    passes(assert_vectorised, (student.vectorised, lambda n: (np.ones((n, 2)),)), sizes=sizes)
    assert fails(assert_vectorised, (student.looping, lambda n: (np.ones((n, 2)),)), sizes=sizes).kind == "work"
    passes(assert_linear, (student.looping, lambda n: (np.ones((n, 2)),)), sizes=(50, 100))
    assert fails(assert_linear, (student.quadratic, lambda n: (np.ones((n, 2)),)), sizes=(50, 100)).kind == "work"


def test_candidate_own_forward_is_differentiated(student, passes, fails):
    """The consistency check calls the submission; its gradient is that of its own, wrong forward pass."""
    rng = np.random.default_rng(0)
    w = rng.normal(size=(3, 2))
    u = rng.normal(size=(2, 2))
    at = {"x": X, "w": w}
    right = {"x": 3 * u @ w.T, "w": 3 * X.T @ u}
    passes(assert_consistent, student.forward, at, right, upstream=u, rng=rng)
    failure = fails(assert_consistent, student.forward, at, (u @ w.T, right["w"]), upstream=u, rng=rng)
    assert failure.message.startswith("dx is not the gradient of your own forward pass")


def test_candidate_calls_of_a_stub_are_counted_outside(student, passes, fails):
    """What a submission calls is counted here, not there."""

    class Oracle:
        def __call__(self, i):
            return float(i)

    stub = student.stub(Oracle(), methods=("__call__",))
    student.ask(stub, 7)
    passes(assert_calls, stub, exactly=7, name="f")
    assert fails(assert_calls, stub, at_most=6, name="f").message == "f was called 7 times, expected at most 6."


def test_candidate_without_facts_is_told_in_a_note(student, passes, tally):
    """Where nobody read the source, the rules about it say so."""
    passes(assert_avoids, student, c_loops=True)
    assert tally.notes == ["rules about the source were not checked here"]
