"""Whose fault it is: found by experiment, whatever a submission answers."""

import pytest

from autograder.records.outcome import Fault, Outcome
from autograder.station import Station
from tests.writing import examine, write_course, write_criterion

REFERENCE = """
import numpy as np

def f(x):
    return x * 2.0

def pair(x):
    return x + 1.0, {"x": x}

def names():
    return ["W1", "b1"]

def refuse(x):
    if x < 0:
        raise ValueError("x must not be negative")
    return x

def many(n):
    return [float(i) for i in range(n)]

calls = []

def count():
    calls.append(1)
    return len(calls)
"""

CRITERIA = {
    "unpacked": "out, cache = submission.pair(1.0)\nassert_close(out, 2.0)",
    "looped": "for got, want in zip(submission.many(3), [0.0, 1.0, 2.0]):\n    assert got == want",
    "caught": """
        try:
            assert_close(submission.f(1.0), 2.0)
        except AssertionError:
            pass
        check(submission.f(0.0) == 0.0, "f(0) is not 0")
    """,
    "arithmetic": "x = rng.normal(size=3)\nassert np.abs(submission.f(x) - reference.f(x)).max() < 1e-12, 'too far'",
    "attribute": "assert submission.f(np.ones(3)).shape == (3,)",
    "indexed": "assert submission.names()[1] == 'b1'",
    "refused": "with pytest.raises(ValueError):\n    submission.refuse(-1)\nassert submission.refuse(2) == 2",
    "halved": """
        got = submission.f(3.0)
        if is_close(got, 3.0):
            partial(0.5, "The factor is missing.")
        assert_close(got, 6.0)
        assert_close(submission.f(1.0), 2.0)
    """,
    "mostly": """
        got = submission.many(3)
        for one, expected in zip(got, [0.0, 1.0, 2.0]):
            assert is_close(one, expected) or is_close(one, expected + 1.0), "wrong"
        if isinstance(got, list) and len(got) < 4 and submission.f(1.0) != 2.0:
            partial(0.5, "many is right, f is not.")
        assert_close(submission.f(1.0), 2.0)
    """,
    "optional": """
        assert_close(submission.f(1.0), 2.0)
        try:
            submission.refuse(1.0)
        except NotImplementedError:
            partial(0.5, "refuse is still missing.")
        assert_close(submission.f(2.0), 4.0)
        assert_close(submission.refuse(1.0), 1.0)
    """,
    "caught_partly": """
        try:
            assert_close(submission.f(1.0), 2.0)
        except AssertionError:
            pass
        else:
            assert_close(submission.f(2.0), 4.0)
            assert_close(submission.f(3.0), 6.0)
            return
        partial(0.25, "f is wrong, which is something.")
    """,
    "remembered": "assert total(submission.f(1.0)) == 2.0",
    "skipping": "assert_close(submission.f(1.0), 2.0)",
    "drawn": """
        @given(n=st.integers(-1000, 1000))
        def double(n):
            check(submission.f(n) == 2.0 * n, "f(n) is not 2 n")
        double()
    """,
    "called_back": "assert submission.f(submission.refuse(1.0)) == 2.0",
}

CASES = write_criterion(
    "cases",
    "for got, want in zip(submission.many(n), range(n)):\n    assert got == want",
    above='@pytest.mark.parametrize("n", [1, 2, 4])',
    arguments="submission, n",
)

SHARED = write_criterion(
    "shared",
    "note(f'call {submission.count()}')\ncheck(True, 'x')",
    above='@pytest.mark.parametrize("n", [1, 2, 3])',
    arguments="submission, n",
)

HEAD = """
import collections

from hypothesis import given, strategies as st

ledger = collections.Counter()


@functools.lru_cache
def total(value):
    ledger[value] += 1
    return sum(key * count for key, count in ledger.items())
"""


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station of a rubric that believes much."""
    rubric = "".join(write_criterion(name, body) for name, body in CRITERIA.items()) + CASES + SHARED
    with Station(write_course(tmp_path_factory.mktemp("course"), REFERENCE, rubric, head=HEAD)) as station:
        yield station


def told(record):
    return record.outcome, record.fault, record.kind


FAILED = Outcome.FAILED, Fault.SUBMISSION


def test_reference_as_a_submission_gets_full_marks(station):
    """The rubric is sound: what follows is the submissions' doing."""
    records = examine(station, REFERENCE)
    lost = {name: record.message for name, record in records.items() if record.outcome is not Outcome.PASSED}
    assert lost.keys() == {"example"}  # `one` is not in it


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            "None",
            "The checks could not use what `pair` returned (None): TypeError: cannot unpack non-iterable NoneType object.",
        ),
        ("(1.0,)", "what `pair` returned (a tuple of 1): ValueError: not enough values to unpack (expected 2, got 1)."),
        ("[1.0, 2.0, 3.0]", "what `pair` returned (a list of 3): ValueError: too many values to unpack (expected 2)."),
        ("3.5", "what `pair` returned (a value of type float): TypeError: cannot unpack non-iterable float object."),
    ],
)
def test_answer_that_cannot_be_unpacked_is_the_submissions_fault(station, answer, message):
    """The student reads what came back and what could not be done with it."""
    record = examine(station, f"def pair(x):\n    return {answer}", criteria=["x_unpacked"])["unpacked"]
    assert told(record) == (*FAILED, "unexpected answer")
    assert message in record.message


@pytest.mark.parametrize(
    ("criterion", "source", "part"),
    [
        ("arithmetic", "def f(x): return None", "what `f` returned (None): TypeError: "),
        ("arithmetic", "def f(x): return {'a': 1}", "what `f` returned (a dict of 1): TypeError: "),
        (
            "arithmetic",
            "def f(x): return x[:2]",
            "(an array of shape (2,) and dtype float64): ValueError: operands could not",
        ),
        ("attribute", "def f(x): return [2.0] * 3", "(a list of 3): AttributeError: "),
        (
            "indexed",
            "def names(): return ['W1']",
            "what `names` returned (a list of 1): IndexError: list index out of range.",
        ),
        ("indexed", "def names(): return {'W1': 1}", "what `names` returned (a dict of 1): KeyError: 1."),
        ("indexed", "def names(): return {1}", "TypeError: 'frozenset' object is not subscriptable."),
        ("remembered", "def f(x): return [2.0]", "what `f` returned (a list of 1): TypeError: unhashable type"),
    ],
)
def test_answer_of_another_kind_is_the_submissions_fault(station, criterion, source, part):
    """Whatever the rubric stumbles over, the reference shows that the rubric is sound."""
    record = examine(station, f"{REFERENCE}\n{source}", criteria=[f"x_{criterion}"])[criterion]
    assert told(record) == (*FAILED, "unexpected answer")
    assert part in record.message


@pytest.mark.parametrize(
    ("criterion", "source", "message"),
    [
        ("attribute", "class A: pass\ndef f(x): return A()", "AttributeError: 'A' object has no attribute 'shape'"),
        ("unpacked", "class A: pass\ndef pair(x): return A()", "TypeError: 'A' object is not iterable"),
    ],
)
def test_object_that_cannot_do_what_is_asked_of_it_raises(station, criterion, source, message):
    """The exception is the object's own."""
    record = examine(station, f"{REFERENCE}\n{source}", criteria=[f"x_{criterion}"])[criterion]
    assert (record.outcome, record.fault, record.message) == (Outcome.RAISED, Fault.SUBMISSION, message)


@pytest.mark.parametrize(
    "body",
    [
        "def __eq__(self, other): return True",
        "def __sub__(self, other): return 0.0\n    __rsub__ = __sub__",
        "def __sub__(self, other): return self\n    def __abs__(self): return self\n    def max(self, *a, **k): return 0.0",
        "shape = (3,)\n    def __getattr__(self, name): return lambda *a, **k: True",
        "def __bool__(self): return True\n    def __len__(self): return 3\n    def __iter__(self): return iter([self] * 3)",
        "__array_ufunc__ = None\n    def __array__(self, *a, **k): return 2.0\n    def __float__(self): return 2.0",
        "def __hash__(self): return 0\n    def __eq__(self, other): return 2.0",
        "def __getattribute__(self, name): raise SystemExit",
        "def __class_getitem__(cls, k): return 0\n    __class__ = property(lambda self: float)",
    ],
)
def test_object_that_agrees_to_everything_earns_nothing(station, body):
    """A verdict of a submission is worth nothing, and no criterion is left ungraded for it."""
    names = ["f", "pair", "names", "refuse", "many", "one"]
    source = f"class Yes(object):\n    {body}\n" + "".join(f"def {name}(*args): return Yes()\n" for name in names)
    records = examine(station, source)
    # An attribute that is a value may be anything, so `.shape` alone is no check of an array.
    kept = {name for name, record in records.items() if record.outcome is Outcome.PASSED}
    assert kept <= ({"attribute"} if "shape" in body else set())
    assert {record.fault for record in records.values()} <= {Fault.SUBMISSION, None}


def test_object_where_a_value_is_due_is_told_in_the_students_words(station):
    """What came, and what is due; nothing of the rubric's own means."""
    record = examine(station, "class Out: pass\ndef f(x): return Out()", criteria=["x_arithmetic"])["arithmetic"]
    assert record.message == (
        "The checks could not use what `f` returned (an object of class `Out`): "
        "a number, an array, a text or a plain container of these is due."
    )


def test_loop_over_an_empty_answer_is_failed_for_its_missing_checks(station):
    """``zip([], expected)`` passes in plain pytest."""
    record = examine(station, "def many(n): return []", criteria=["x_looped"])["looped"]
    assert (*told(record), record.message) == (
        *FAILED,
        "too few values",
        "Your function returned fewer values than expected.",
    )


def test_cases_each_need_the_checks_of_their_own(station):
    """A case that checked nothing earns nothing, even if another one was lost otherwise or passed."""
    source = "def many(n):\n    if n == 4: raise ValueError('no')\n    return [0.0] if n == 1 else []"
    record = examine(station, source, criteria=["x_cases"])["cases"]
    assert (record.outcome, record.cases, record.cases_passed, record.case_checks) == (Outcome.PARTIAL, 3, 1, (1, 0, 0))
    assert record.fraction == pytest.approx(1 / 3)


def test_cases_share_the_candidate_of_their_criterion(station):
    """One process serves them in order; the next criterion has another."""
    assert examine(station, REFERENCE, criteria=["x_shared"])["shared"].notes == ("call 1", "call 2", "call 3")


def test_failure_found_by_hypothesis_shows_its_smallest_input(station):
    """The drawn arguments stand in the message."""
    record = examine(station, "def f(x): return 2.0 * x if x < 70 else 0.0", criteria=["x_drawn"])["drawn"]
    assert (*told(record), record.message) == (
        *FAILED,
        "wrong values",
        "f(n) is not 2 n\nSmallest input that shows it: n=70",
    )


def test_answers_that_change_are_told_as_such(station):
    """Hypothesis calls twice what failed once."""
    source = "seen = set()\ndef f(x):\n    if x in seen: return 2.0 * x\n    seen.add(x)\n    return 2.0 * x + (x > 50)"
    record = examine(station, source, criteria=["x_drawn"])["drawn"]
    assert (*told(record), record.message) == (
        *FAILED,
        "not repeatable",
        "Two calls with the same input gave different answers.",
    )


def test_case_that_the_rubric_stumbles_over_costs_its_share(station):
    """Cases before and behind it earn theirs."""
    record = examine(station, "def many(n): return None if n == 2 else range(n)", criteria=["x_cases"])["cases"]
    assert (record.outcome, record.kind, record.cases_passed) == (Outcome.PARTIAL, "unexpected answer", 2)
    assert record.fraction == pytest.approx(2 / 3)


def test_failed_check_that_the_rubric_caught_is_failed(station):
    """A check that failed once cannot be passed any more."""
    record = examine(station, "def f(x): return x * 3.0", criteria=["x_caught"])["caught"]
    assert told(record) == (*FAILED, "wrong values")


def test_nothing_raised_where_an_exception_is_due_is_failed(station):
    """``pytest.raises`` is a check like others, without an experiment."""
    record = examine(station, "def refuse(x): return x", criteria=["x_refused"])["refused"]
    assert (*told(record), record.message) == (
        *FAILED,
        "no error raised",
        "Expected ValueError, and nothing was raised.",
    )


def test_partial_credit_is_the_rubrics_word(station):
    """The reason is the message."""
    record = examine(station, "def f(x): return x", criteria=["x_halved"])["halved"]
    assert (record.outcome, record.fraction, record.message) == (Outcome.PARTIAL, 0.5, "The factor is missing.")


def test_partial_credit_of_an_early_end_needs_something_that_was_found_wrong(station):
    """A question answered as it is not for the reference, an exception of the submission, a failed check that was caught."""
    source = "def f(x): return x\ndef refuse(x): raise NotImplementedError"
    records = examine(station, source, criteria=["x_halved", "x_caught_partly"])
    assert {name: (one.fraction, one.checks) for name, one in records.items()} == {
        "halved": (0.5, 0),
        "caught_partly": (0.25, 1),
    }
    source = "def f(x): return 2.0 * x\ndef refuse(x): raise NotImplementedError"
    record = examine(station, source, criteria=["x_optional"])["optional"]
    assert (record.outcome, record.fraction, record.message) == (Outcome.PARTIAL, 0.5, "refuse is still missing.")


@pytest.mark.parametrize("answer", ["[]", "[0.0]", "[0.0, 1.0]"])
def test_partial_credit_for_a_loop_that_checked_too_little_is_not_earned(station, answer):
    """The checks that are missing may be those that would have failed."""
    source = f"def many(n): return {answer}\ndef f(x): return 0.0"
    record = examine(station, source, criteria=["x_mostly"])["mostly"]
    assert (*told(record), record.fraction) == (*FAILED, "too few values", 0.0)
    assert record.message == (
        "Fewer values were checked than expected, and none was found wrong: there is no partial credit."
    )


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        ("AssertionError('x')", Outcome.RAISED),
        ("StopIteration", Outcome.RAISED),
        ("GeneratorExit", Outcome.RAISED),
        ("KeyboardInterrupt", Outcome.RAISED),
        ("NotImplementedError", Outcome.NOT_ATTEMPTED),
        ("MemoryError", Outcome.MEMORY),
        ("SystemExit(0)", Outcome.CRASHED),
        ("type('Skipped', (BaseException,), {'__module__': '_pytest.outcomes'})('x')", Outcome.RAISED),
        (
            "type('InfrastructureEnd', (BaseException,), {'__module__': 'autograder.examiner.verdict'})('x')",
            Outcome.RAISED,
        ),
        ("type('CourseError', (Exception,), {'__module__': 'autograder.errors'})('x')", Outcome.RAISED),
        ("type('Partial', (Exception,), {'fraction': 1.0})(1.0)", Outcome.RAISED),
        ("ExceptionGroup('x', [ValueError(1)])", Outcome.RAISED),
        ("UnicodeDecodeError('utf-8', b'x', 0, 1, 'x')", Outcome.RAISED),
    ],
)
def test_whatever_a_submission_raises_is_its_own(station, raised, outcome):
    """No exception of a submission steers pytest or looks like an end of ours."""
    for record in examine(station, f"def f(x): raise {raised}", criteria=["x_caught", "x_arithmetic"]).values():
        assert (record.outcome, record.fault) == (outcome, Fault.SUBMISSION)


def test_each_exam_begins_with_the_rubric_as_it_was_collected(station):
    """Globals and caches of the rubric, filled by one submission, are empty for the next."""
    for _ in range(3):
        assert examine(station, REFERENCE, criteria=["x_remembered"])["remembered"].outcome is Outcome.PASSED


def test_not_implemented_by_a_library_or_an_own_class_was_raised(station):
    """Only what the template left to do is not attempted; the rest comes with file and line."""
    own = "class Rule:\n    def step(self):\n        raise NotImplementedError\n"
    for body in ("datetime.tzinfo().utcoffset(None)", "Rule().step()"):
        source = f"import datetime\n{own}\ndef f(x):\n    return {body}"
        record = examine(station, source, criteria=["x_arithmetic"])["arithmetic"]
        assert (record.outcome, record.kind) == (Outcome.RAISED, "NotImplementedError")
        assert ("submission.py", 7) in {(one["file"], one["line"]) for one in record.exception["frames"]}
