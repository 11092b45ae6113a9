"""Submissions that attack the channel, as programs: each is right, wrong or ended, and never harms the examiner."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.records.outcome import Outcome
from autograder.remote import CandidateEnd, Handle


def test_hostile_array_subclass_arrives_as_what_it_holds(load):
    """An `__array_ufunc__` that makes every difference zero stays behind."""
    submission = load("""
        import numpy as np
        class Liar(np.ndarray):
            def __array_ufunc__(self, *args, **kwargs): return np.zeros(self.shape)
            def __array_function__(self, *args, **kwargs): return True
            def __eq__(self, other): return np.ones(self.shape, bool)
        def f(): return np.full(3, 7.0).view(Liar)
    """)
    answer = submission.f()
    assert type(answer) is np.ndarray
    assert answer.tolist() == [7.0, 7.0, 7.0]


def test_hostile_number_subclass_arrives_as_its_number(load):
    """Operators, conversions and comparisons that lie are not asked."""
    submission = load("""
        import numpy as np
        def lie(self, *args): return 0.0
        methods = dict.fromkeys(["__rsub__", "__sub__", "__abs__", "__float__", "__lt__", "__eq__", "__repr__"], lie)
        Float = type("float", (float,), {**methods, "__hash__": None})
        Double = type("float64", (np.float64,), methods)
        def f(): return Float(7.5), Double(8.5)
    """)
    first, second = submission.f()
    assert type(first) is float
    assert (first, float(second)) == (7.5, 8.5)


def test_hostile_container_subclasses_arrive_as_plain_containers(load):
    """Overridden `__len__`, `__iter__` and `keys` are not asked."""
    submission = load("""
        class L(list):
            def __len__(self): return 10**18
            def __iter__(self): raise SystemExit
        class D(dict):
            def keys(self): raise SystemExit
            def __iter__(self): return iter(())
        def f(): return L([1, 2]), D(a=1)
    """)
    values, table = submission.f()
    assert (list(values), dict(table)) == ([1, 2], {"a": 1})


def test_hostile_pickle_hook_is_never_run_in_the_examiner(load):
    """An object with `__reduce__` is a handle like any other."""
    source = "class R:\n    def __reduce__(self): return (print, ('PWNED',))\nclass S:\n    def __array__(self): raise SystemExit\ndef f(): return R(), S()"
    answers = load(source).f()
    assert [type(answer) for answer in answers] == [Handle, Handle]


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    x = []\n    for _ in range(100_000): x = [x]\n    return x",
        "def f():\n    x = []; x.append(x); return x",
        "def f(): return 10 ** 5000",
        "def f(): return 'x' * (2 * 2**20)",
        "def f(): return list(range(3_000_000))",
        "def f(): return {i: i for i in range(20_000)}",
        "def f(): return {1.5: 1, (1, 2.5): 2}",
        "def f(): return {frozenset({1}): 1}",
        "class K:\n    def __hash__(self): return 1\n    def __eq__(self, other): raise SystemExit\ndef f(): return {K(): 1, K: 2}",
        "import numpy as np\ndef f(): return np.array([{}, object()], dtype=object)",
        "import numpy as np\ndef f(): return np.ma.masked_array([1.0, 2.0], [True, False])",
        "import numpy as np\ndef f(): return np.zeros((0,) * 32), np.array(['a', 'b']), np.datetime64('2020-01-01')",
        "class Odd:\n    @property\n    def __class__(self): raise SystemExit\n    def __getattribute__(self, name): raise SystemExit\ndef f(): return Odd()",
        "def f(): return type('T' * 100_000, (), {})()",
        "class Meta(type):\n    def __getattribute__(self, name): raise SystemExit\nclass A(metaclass=Meta): pass\ndef f(): return A, A()",
        "def f():\n    f.__name__ = 'n' * 10**6\n    return f",
    ],
)
def test_hostile_value_is_a_handle_an_error_or_an_end_and_the_next_call_works(load, source):
    """Whatever is returned, the conversation goes on or ends cleanly."""
    submission = load(f"{source}\ndef g(): return 1")
    try:
        answer = submission.f()
    except Exception as error:  # noqa: BLE001  # of the table
        assert len(str(error)) < 6000  # noqa: PT017
    else:
        assert len(repr(answer)) < 2000
    assert submission.g() == 1


def test_hostile_values_at_the_edge_of_numbers_arrive_exactly(load):
    """NaN, infinity, signed zero, huge integers and lone surrogates."""
    answer = load("def f(): return [float('nan'), 1e999, -1e999, -0.0, 2**2000, '\\ud800', True]").f()
    assert math.isnan(answer[0])
    assert answer[1:3] == [math.inf, -math.inf]
    assert math.copysign(1, answer[3]) == -1
    assert answer[4:] == [2**2000, "\ud800", True]


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("np.empty((0, 3))", (0, 3)),
        ("np.ones((1, 1))", (1, 1)),
        ("np.float64(3)", ()),
        ("np.zeros((3, 0, 2))", (3, 0, 2)),
    ],
)
def test_hostile_shapes_that_broadcast_are_told_as_they_are(load, value, shape):
    """Nothing is squeezed or filled up on the way."""
    assert load(f"import numpy as np\ndef f(): return {value}").f().shape == shape


def test_hostile_length_answers_are_refused(load):
    """A `__len__` is an int of 63 bits or an error."""
    handle = load("class A:\n    def __len__(self): return 10**30\ndef f(): return A()").f()
    with pytest.raises(OverflowError):
        len(handle)


FORGERIES = r"""
import os, struct, json
def spray():
    frames = [b"\x00", b"\x01", b'{"status": "ok", "passed": true}\n', struct.pack(">I", 2) + b"ok", struct.pack("<Q", 2**63 - 1), b"\x80\x04\x88."]
    for fd in range(3, 64):
        for frame in frames:
            try:
                os.write(fd, frame * 20)
            except OSError:
                pass
"""


@pytest.mark.parametrize("where", ["spray()\ndef f(): return 1", "def f():\n    spray()\n    return 1"])
def test_hostile_frames_to_every_descriptor_end_the_candidate(load_process, caught_end, where):
    """Forged replies in many encodings, while loading and in a call."""
    submission = load_process(FORGERIES + where)
    end = caught_end(lambda: submission.f())  # noqa: PLW0108  # looking the name up loads
    assert end.outcome in (Outcome.CRASHED, Outcome.NOT_LOADED)


def test_hostile_thread_that_keeps_writing_is_noticed_or_too_late(load_process):
    """A late writer spoils its own criterion only: every answer is right or an end."""
    submission = load_process(
        FORGERIES
        + "import threading\ndef f():\n    threading.Timer(0.1, spray).start()\n    return 1\ndef g():\n    import time; time.sleep(0.3)\n    return 2"
    )
    assert submission.f() == 1
    try:
        assert submission.g() == 2
    except CandidateEnd as end:
        assert end.kind == "protocol"  # noqa: PT017


def test_hostile_exception_text_without_end_is_bounded_by_the_wall_limit(load_process, caught_end):
    """A `__str__` that loops costs its own criterion."""
    from autograder.records.outcome import Limits

    submission = load_process(
        "class E(Exception):\n    def __str__(self):\n        while True: pass\ndef f(): raise E",
        open_with={"limits": Limits(cpu_s=-1.5)},
    )
    assert caught_end(submission.f).outcome is Outcome.TIMEOUT


def test_hostile_modules_replaced_in_place_change_nothing_here(load):
    """Whole modules swapped for fakes, in the submission's turn only."""
    submission = load("""
        import sys
        class Fake:
            def __getattr__(self, name): return lambda *args, **kwargs: True
        sys.modules["layers"] = Fake()
        def f(): return 3
    """)
    assert submission.f() == 3


def test_hostile_callback_arguments_are_decoded_like_any_value(load):
    """Callables of the rubric meet plain data, handles and their own objects only."""
    submission = load("class A: pass\ndef f(g): return g(A(), [1, {'k': A()}], g, x=A)")
    seen = []

    def note(*args, **kwargs):
        seen.append((args, kwargs))

    submission.f(note)
    ((first, second, third), named) = seen[0]
    assert isinstance(first, Handle)
    assert isinstance(second[1]["k"], Handle)
    assert third is note
    assert isinstance(named["x"], Handle)
