"""What a rubric sees of a submission's names and answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.records.outcome import Outcome
from autograder.remote import CandidateEnd, Handle, MissingName, RemoteCallable


def test_submission_function_called_by_value_returns_read_only_arrays(load):
    """What came back is a copy that cannot be written."""
    submission = load("def double(x): return 2 * x")
    answer = submission.double(np.arange(3.0))
    assert answer.tolist() == [0.0, 2.0, 4.0]
    with pytest.raises(ValueError, match="read-only"):
        answer[0] = 1.0


def test_submission_containers_that_are_changed_here_refuse_and_say_how(load):
    """A change that would be lost is an error that names `lend`."""
    submission = load("def f(): return {'a': [1]}")
    answer = submission.f()
    with pytest.raises(TypeError, match=r"use submission\.lend"):
        answer["a"] = 2
    with pytest.raises(TypeError, match=r"use submission\.lend"):
        answer["a"].append(2)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        2**100,
        math.inf,
        -0.0,
        1j,
        "naïve \ud800",
        b"\0",
        (1, [2, {"k": frozenset({3})}]),
        np.float32(1.5),
        np.zeros((0, 3)),
        np.array(1.0),
    ],
)
def test_submission_values_there_and_back_are_the_same(load, value):
    """A value that goes through a submission keeps its type and its bits."""
    answer = load("def f(x): return x").f(value)
    assert isinstance(answer, type(value))
    assert repr(answer) == repr(value) or np.array_equal(answer, value)


def test_submission_names_of_plain_data_are_values(load):
    """A module-level constant is read as its value, as it is now."""
    submission = load("RATE = 0.1\ndef change():\n    global RATE\n    RATE = 0.2")
    assert submission.RATE == 0.1
    submission.change()
    assert submission.RATE == 0.2


@pytest.mark.parametrize(
    "source",
    [
        "f = lambda x: x + 1",
        "import functools, operator\nf = functools.partial(operator.add, 1)",
        "class F:\n    def __call__(self, x): return x + 1\nf = F()",
        "class K:\n    @staticmethod\n    def f(x): return x + 1\nf = K.f",
        "import numpy as np\nf = np.vectorize(lambda x: x + 1)",
    ],
)
def test_submission_functions_of_any_callable_kind_are_called(load, source):
    """Lambdas, partials and callable objects are functions."""
    assert load(source).f(1) == 2


def test_submission_missing_function_ends_with_the_similar_name(load, caught_end):
    """The message names what was found instead."""
    submission = load("def affineForward(x): return x")
    end = caught_end(lambda: submission.affine_forward)
    assert isinstance(end, MissingName)
    assert (end.outcome, end.message) == (
        Outcome.MISSING,
        "function `affine_forward` not found (found: `affineForward`)",
    )
    assert submission.ended is end


def test_submission_function_of_a_file_not_handed_in_is_missing_with_the_file(load, caught_end):
    """A student who forgot a file reads which."""
    submission = load("x = 1", defines={"TwoLayerNet": "net.py"})
    end = caught_end(lambda: submission.TwoLayerNet)
    assert end.message == "class `TwoLayerNet` not found: the file `net.py` was not handed in"


def test_submission_name_that_is_no_function_is_missing(load, caught_end):
    """A function under test that was overwritten by a number is said to be one."""
    submission = load("softmax = 3", defines={"softmax": "layers.py"})
    assert caught_end(lambda: submission.softmax).message == "`softmax` is no function or class (it is of type int)"


def test_submission_containment_asks_without_an_end(load):
    """A rubric can look for an optional function."""
    submission = load("def f(): pass")
    assert "f" in submission
    assert "g" not in submission
    assert submission.ended is None


def test_submission_names_like_its_methods_are_reached_by_item(load):
    """A student's function called `loan` is not hidden by ours."""
    assert load("def loan(): return 7")["loan"]() == 7


def test_submission_probing_by_tools_never_reaches_the_candidate(load):
    """pytest, inspect and numpy look for attributes that mean something to them."""
    submission = load("def f(): pass")
    for probed in (submission, submission.f):
        for name in (
            "__wrapped__",
            "_pytestfixturefunction",
            "__array__",
            "__array_interface__",
            "pytestmark",
            "_repr_html_",
        ):
            assert not hasattr(probed, name)
    assert isinstance(submission.f, RemoteCallable)
    assert submission.f.__name__ == "f"


def test_submission_returned_generator_stays_a_handle(load):
    """Something without end is not converted; its elements are fetched one by one."""
    submission = load("def count():\n    n = 0\n    while True:\n        yield n\n        n += 1")
    endless = submission.count()
    assert isinstance(endless, Handle)
    steps = iter(endless)
    assert [next(steps).value() for _ in range(3)] == [0, 1, 2]


def test_submission_reused_buffer_is_copied_at_each_answer(load):
    """A view of a buffer that the next call overwrites is right all the same."""
    submission = load("import numpy as np\nbuffer = np.zeros(2)\ndef f(x):\n    buffer[:] = x\n    return buffer")
    first, second = submission.f(1.0), submission.f(2.0)
    assert (first.tolist(), second.tolist()) == ([1.0, 1.0], [2.0, 2.0])


def test_submission_odd_layouts_arrive_as_plain_arrays(load):
    """Fortran order, negative strides, swapped bytes: right numbers in odd clothes are right."""
    submission = load("""
        import numpy as np
        def f(x): return [np.asfortranarray(x), x[::-1][::-1], x.astype(">f8"), x[:, ::2].repeat(2, 1)[:, :3], np.array(1.5)]
    """)
    x = np.arange(6.0).reshape(2, 3)
    fortran, negative, swapped, _, scalar = submission.f(x)
    for got in (fortran, negative, swapped):
        assert np.array_equal(got, x)
        assert got.dtype.isnative
    assert scalar.shape == ()


def test_submission_loan_of_answers_by_keep_unpack_into_handles(load):
    """`out, cache = f.keep(x)` leaves both in the candidate, and the cache goes back as the same object."""
    submission = load("""
        def forward(x):
            cache = [x]
            return x + 1, cache
        def backward(dout, cache):
            cache.append("used")
            return len(cache)
    """)
    out, cache = submission.forward.keep(1.0)
    assert isinstance(out, Handle)
    assert out.value() == 2.0
    assert submission.backward(1.0, cache) == 2
    assert submission.backward(1.0, cache) == 3
    assert cache.value() == [1.0, "used", "used"]


def test_submission_closed_refuses_further_use(load):
    """After its criterion a submission is over."""
    submission = load("def f(): return 1")
    assert submission.f() == 1
    submission.close()
    with pytest.raises(CandidateEnd, match="the criterion is over"):
        submission.f()
    assert submission.ended is None


def test_submission_never_used_starts_no_candidate(load):
    """A candidate is started at the first use only."""
    submission = load("def f(): return 1")
    assert not submission.is_started
    assert submission.close() is None
