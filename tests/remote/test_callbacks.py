"""Functions, loans and stubs of the examiner in the hands of a submission."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from autograder.records.outcome import Limits, Outcome
from autograder.remote import ArrayOf, Bounds, CandidateEnd
from autograder.remote.bounds import Cost

CHECKPOINTED = """
def run(fs, x, keep):
    kept = []
    for i, f in enumerate(fs):
        if i % keep == 0:
            kept.append(x)
        x = f(x)
    return x
def hold_all(fs, x):
    everything = [x]
    for f in fs:
        everything.append(f(everything[-1]))
    return everything[-1]
"""


def test_callback_functions_are_called_with_read_only_values(load):
    """A lambda of the rubric answers inside the student's call."""
    submission = load("def twice(f, x): return f(f(x))")
    seen = []

    def step(x):
        seen.append(x.flags.writeable)
        return x + 1

    assert submission.twice(step, np.zeros(2)).tolist() == [2.0, 2.0]
    assert seen == [False, False]


def test_callback_is_the_same_object_each_time_it_arrives(load):
    """Two arguments that are one function are one function there, too."""
    assert load("def same(f, g): return f is g").same(len, len) is True


def test_callback_may_ask_the_submission_in_turn(load):
    """Calls nest: student, rubric, student."""
    submission = load("def outer(f, x): return f(x) + 1\ndef inner(x): return 10 * x")
    assert submission.outer(lambda x: submission.inner(x) + 1, 2) == 22


def test_callback_nested_too_deep_is_a_recursion_error_there(load):
    """Sixteen levels, then the student's call fails like any other."""
    submission = load("def f(g, n): return g(n)")

    def down(n):
        return submission.f(down, n + 1)

    with pytest.raises(RecursionError, match="too deep within each other"):
        submission.f(down, 0)
    assert submission.f(lambda n: n, 3) == 3


def test_callback_exception_goes_back_and_comes_out_as_itself(load):
    """What the rubric's function raised is what the rubric sees, if the student lets it through."""
    submission = load("def f(g): return g()")
    error = ValueError("of the rubric")

    def fail():
        raise error

    with pytest.raises(ValueError, match="of the rubric") as caught:
        submission.f(fail)
    assert caught.value is error


def test_callback_exception_can_be_caught_by_the_student(load):
    """It has its builtin type there."""
    submission = load(
        "def f(g):\n    try:\n        g()\n    except KeyError as error:\n        return str(error.args[0])"
    )

    def fail():
        raise KeyError("W1")

    assert submission.f(fail) == "W1"


def test_callback_exception_of_the_students_own_with_the_same_text_is_remote(load):
    """An exception is the examiner's own by identity, not by type and text."""
    submission = load(
        "def f(g):\n    try:\n        g()\n    except ValueError as error:\n        raise ValueError(str(error))"
    )

    def fail():
        raise ValueError("of the rubric")

    with pytest.raises(ValueError, match="of the rubric") as caught:
        submission.f(fail)
    assert caught.value.remote.frames[0].function == "f"


def test_callback_failed_check_cannot_be_swallowed_by_the_student(load):
    """An assertion in a rubric's function fails the rubric, and tells the candidate nothing."""
    submission = load(
        "said = []\ndef f(g):\n    try:\n        g()\n    except Exception as error:\n        said.append(str(error))\n    return 1"
    )

    def fail():
        raise AssertionError("expected 42.5")

    with pytest.raises(AssertionError, match=r"expected 42\.5"):
        submission.f(fail)
    assert submission.said == ["the grader has ended this call"]


def test_callback_skip_of_pytest_comes_out_as_itself(load):
    """Control exceptions of pytest and hypothesis are not the student's to catch."""
    submission = load("def f(g):\n    try:\n        g()\n    except BaseException:\n        return 1")
    with pytest.raises(pytest.skip.Exception):
        submission.f(lambda: pytest.skip("no"))
    assert submission.f(lambda: 3) is None


def test_callback_end_of_the_candidate_inside_is_not_swallowed(load):
    """A missing name in a callback ends the criterion, whatever the student does."""
    submission = load("def f(g):\n    try:\n        g()\n    except BaseException:\n        return 1")
    with pytest.raises(CandidateEnd):
        submission.f(lambda: submission.no_such_name)
    assert submission.ended.outcome is Outcome.MISSING


def test_callback_calls_beyond_their_number_raise_there(load):
    """A declared bound is the student's RuntimeError."""
    submission = load("def f(g): return [g(i) for i in range(4)]")
    counted = submission.callback(lambda i: i, max_calls=3)
    with pytest.raises(RuntimeError, match="called more than 3 times"):
        submission.f(counted)
    assert counted.calls == 3


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("[[1.0], [1.0, 2.0]]", "argument 1 of norm: expected an array, got list"),
        ("['a']", "argument 1 of norm: expected an array, got list"),
        ("None", "argument 1 of norm: expected an array, got NoneType"),
        ("x=np.zeros(3), y=1", r"got an unexpected keyword argument 'y'"),
        ("np.zeros(3, 'f4')", "argument 1 of norm: expected dtype float64, got float32"),
        ("np.zeros((2, 2))", r"argument 1 of norm: expected shape \(any,\), got \(2, 2\)"),
    ],
)
def test_callback_arguments_other_than_declared_are_a_type_error_there(load, argument, message):
    """A student who hands over something else reads what was expected."""
    submission = load(f"import numpy as np\ndef f(g): return g({argument})")

    def norm(x):
        return float(np.linalg.norm(x))

    with pytest.raises(TypeError, match=message):
        submission.f(submission.callback(norm, takes=[ArrayOf((None,), "float64")]))


@pytest.mark.parametrize(
    ("arguments", "takes", "got"),
    [
        ("[1, 2]", ArrayOf((2,), "float"), "float64 [1. 2.]"),
        ("(1.0, 2.0)", ArrayOf((2,), "float64"), "float64 [1. 2.]"),
        ("np.array([1, 2])", ArrayOf((None,), "float"), "float64 [1. 2.]"),
        ("np.array([1.0, 2.0])", ArrayOf((None,), "int"), "int64 [1 2]"),
        ("np.array([1.0, 0.0])", ArrayOf((None,), "bool"), "bool [ True False]"),
        ("np.array([1, 2], 'f4')", ArrayOf((None,), "float"), "float32 [1. 2.]"),
        ("x=np.array([1.0])", ArrayOf((1,), "float"), "float64 [1.]"),
        ("3", ArrayOf((), "float"), "float64 3.0"),
        ("np.int64(3)", int, "int64 3"),
        ("np.array([3.0])", int, "int64 3"),
        ("3", float, "float64 3.0"),
        ("np.arange(3)", None, "int64 [0 1 2]"),
    ],
)
def test_callback_takes_the_same_numbers_in_another_form(load, arguments, takes, got):
    """Lists, other kinds of numbers and names of parameters are what the function itself would take."""
    submission = load(f"import numpy as np\ndef f(g): return g({arguments})")

    def tell(x):
        return f"{np.asarray(x).dtype} {x}"

    assert submission.f(submission.callback(tell, takes=[takes])) == got


def test_callbacks_beyond_the_bound_end_the_candidate(load, caught_end):
    """A loop of calls ends at a hundred thousand; here at ten."""
    submission = load("def f(g):\n    while True: g()", open_with={"bounds": Bounds(callbacks=10)})
    assert caught_end(lambda: submission.f(lambda: None)).kind == "protocol"


def test_callbacks_that_take_too_much_cpu_time_end_the_candidate(load_process, caught_end):
    """The submission keeps the examiner busy by calls of which each is short."""
    bounds = Bounds(callback_cpu_s=0.05)
    submission = load_process("def f(g):\n    while True: g()", open_with={"bounds": bounds})
    end = caught_end(lambda: submission.f(lambda: sum(range(100_000))))
    assert (end.outcome, end.kind) == (Outcome.TIMEOUT, "time limit")
    assert end.message == (
        "the submission kept functions of the grader busy for more than 0.05 s of CPU time (during `f`)"
    )


def test_callback_without_the_memory_it_needs_ends_the_candidate(load, caught_end):
    """What the submission hands over decides how much that is, whether it catches the error or not."""
    submission = load("def f(g):\n    try: g(2**50)\n    except MemoryError: pass\n    return 1")
    end = caught_end(lambda: submission.f(np.zeros))
    assert (end.outcome, end.kind) == (Outcome.MEMORY, "memory limit")
    assert "called functions of the grader with values for which they need more" in end.message


def test_callbacks_cost_what_they_take(load_process):
    """Time, and bytes of both directions; another criterion begins at nothing."""
    submission = load_process("import numpy as np\ndef f(g): return g(np.zeros(300_000))[:5]")
    submission.f(lambda x: sum(range(1_000_000)) * x)
    cost = submission.cost
    assert cost.cpu_ms >= 5
    assert (cost.received_mib, cost.answered_mib) == (3, 3)
    submission.renew(Limits(), Bounds())
    assert submission.cost == Cost()


def test_callback_kept_for_a_later_call_still_works(load):
    """A student may store a function."""
    submission = load("kept = []\ndef keep_it(f): kept.append(f)\ndef use(x): return kept[0](x)")
    submission.keep_it(lambda x: x + 1)
    assert submission.use(1) == 2


def test_callback_from_a_thread_of_the_student_works_while_the_call_runs(load):
    """A thread pool over the rubric's function is honest."""
    submission = load("""
        from concurrent.futures import ThreadPoolExecutor
        def f(g):
            with ThreadPoolExecutor(4) as pool:
                return list(pool.map(g, range(50)))
    """)
    assert submission.f(lambda x: x * x) == [x * x for x in range(50)]


def test_callback_from_a_thread_after_the_call_is_refused_there(load):
    """Nobody listens then; the thread gets an error and the next call works."""
    submission = load("""
        import threading, time
        said = []
        def f(g):
            def late():
                time.sleep(0.2)
                try:
                    g()
                except RuntimeError as error:
                    said.append(str(error))
            threading.Thread(target=late).start()
        def wait():
            return None
    """)
    submission.f(lambda: None)
    import time

    time.sleep(0.5)
    assert "only while the grader waits" in submission.said[0]


def test_loans_alive_are_counted_exactly_at_every_callback(load):
    """Activations that the student drops are seen to be dropped."""
    submission = load(CHECKPOINTED)
    alive = []

    def layer(x):
        alive.append(submission.live_loans())
        return submission.loan(x + 1)

    assert submission.run([layer] * 6, submission.loan(0), 3) == 6
    assert alive == [1, 2, 2, 2, 3, 3]
    gc.collect()
    alive.clear()
    submission.hold_all([layer] * 4, submission.loan(0))
    assert alive == [1, 2, 3, 4]


def test_loans_are_opaque_and_come_back_as_the_object(load):
    """A submission can hold and hand on a loan, and nothing else."""
    submission = load("""
        def look(x):
            try:
                return x.secret
            except AttributeError:
                return "nothing to see"
        def back(x): return (x, 1)
    """)

    class Activation:
        secret = 42

    activation = Activation()
    assert submission.look(submission.loan(activation)) == "nothing to see"
    assert submission.back(submission.loan(activation))[0] is activation


def test_loans_are_released_after_the_call(load):
    """What a call let go is not held by the examiner either."""
    submission = load("def f(x): return None\nkept = []\ndef keep_it(x): kept.append(x)")
    submission.f(submission.loan(object()))
    submission.f(None)
    assert submission.live_loans() == 0
    submission.keep_it(submission.loan(object()))
    submission.f(None)
    assert submission.live_loans() == 1


def test_stub_answers_its_methods_and_records_the_calls(load):
    """A zero-noise generator: declared methods only, every call with its arguments."""
    submission = load("def sample(rng, n): return rng.normal(size=n) + rng.standard_normal((n,))")

    class ZeroNoise:
        def normal(self, loc=0.0, scale=1.0, size=None):
            return np.zeros(size)

        def standard_normal(self, size=None):
            return np.ones(size)

        def secret(self):
            return 1

    stub = submission.stub(ZeroNoise(), methods=("normal", "standard_normal"))
    assert submission.sample(stub, 3).tolist() == [1.0, 1.0, 1.0]
    assert stub.calls == [("normal", (), {"size": 3}), ("standard_normal", ((3,),), {})]


def test_stub_that_the_candidate_hands_on_answers_in_the_examiner_too(load):
    """A provided function gets what the candidate was lent, with the same methods and the same record."""
    submission = load("def f(step, model): return step(model, 2.0)")

    class Model:
        def __call__(self, x):
            return 10 * x

        def fit(self):
            return 1

        def secret(self):
            return 2

    def step(model, x):
        assert not hasattr(model, "secret")
        return model(x) + model.fit()

    stub = submission.stub(Model(), methods=["__call__", "fit"])
    assert submission.f(step, stub) == 21.0
    assert stub.calls == [("__call__", (2.0,), {}), ("fit", (), {})]


def test_stub_has_no_other_attributes_there(load):
    """What was not declared does not exist for the student."""
    submission = load("def f(s): return s.secret()")

    class Model:
        def fit(self):
            return 1

        def secret(self):
            return 2

    with pytest.raises(AttributeError, match=r"has no attribute 'secret' \(it has: fit\)"):
        submission.f(submission.stub(Model(), methods=["fit"]))


def test_stub_of_a_method_that_does_not_exist_is_an_error_of_the_rubric(load):
    """The mistake shows when the stub is made."""
    with pytest.raises(TypeError, match="object has no method 'fit'"):
        load("x = 1").stub(object(), methods=["fit"])


def test_argument_that_cannot_cross_is_a_type_error_that_says_what_to_do(load):
    """An object of the rubric is lent, not copied."""
    with pytest.raises(TypeError, match=r"a value of type Exception cannot go into a candidate: use submission\.loan"):
        load("def f(x): return 1").f(Exception())


def test_callback_answer_that_cannot_cross_raises_there_and_here(load):
    """The student's call fails with what the rubric's function did wrong."""
    submission = load("def f(g): return g()")
    with pytest.raises(TypeError, match="an argument cannot cross"):
        submission.f(lambda: Exception())  # noqa: PLW0108  # a class would be no function
    assert submission.f(lambda: 1) == 1


def test_callbacks_are_counted_anew_for_another_criterion(load):
    """A candidate that serves several criteria has each one's bounds."""
    submission = load("def f(g, n):\n    for _ in range(n): g()", open_with={"bounds": Bounds(callbacks=10)})
    submission.f(lambda: None, 8)
    submission.renew(Limits(), Bounds(callbacks=10))
    submission.f(lambda: None, 8)
    with pytest.raises(CandidateEnd):
        submission.f(lambda: None, 8)


def test_assign_of_a_name_that_is_missing_binds_it_for_the_student(load):
    """A function of the student's calls what the rubric puts where nothing was written."""
    submission = load("def outer(x):\n    return inner(x) + 1\n")
    submission.assign("inner", submission.callback(lambda x: 10 * x))
    assert submission.outer(2) == 21
