"""What a submission raises, as the examiner sees it."""

from __future__ import annotations

import builtins

import pytest

from autograder.inside.loading.failures import BUILTIN_EXCEPTIONS
from autograder.records.outcome import Outcome
from autograder.remote import SubmissionError
from autograder.remote.endings import TABLE, exception_from, parse_trace


def test_exception_of_a_builtin_class_is_raised_as_that_class(load):
    """Type, text and the student's own lines come over."""
    submission = load("""
        def outer(x):
            return inner(x)

        def inner(x):
            return x["W1"]
    """)
    with pytest.raises(KeyError) as caught:
        submission.outer({})
    trace = caught.value.remote
    assert (trace.type, trace.text) == ("KeyError", "W1")
    assert [(f.file, f.line, f.function, f.source) for f in trace.frames] == [
        ("layers.py", 3, "outer", "return inner(x)"),
        ("layers.py", 6, "inner", 'return x["W1"]'),
    ]
    assert trace.render() == (
        "Traceback (most recent call last):\n"
        '  File "layers.py", line 3, in outer\n    return inner(x)\n'
        '  File "layers.py", line 6, in inner\n    return x["W1"]\n'
        "KeyError: W1"
    )


def test_exception_frames_of_libraries_are_left_out(load):
    """The student reads their line, not NumPy's."""
    submission = load("import numpy as np\ndef f(x):\n    return np.linalg.inv(x)")
    with pytest.raises(SubmissionError, match="LinAlgError: Singular matrix") as caught:
        submission.f([[0.0]])
    assert [frame.file for frame in caught.value.remote.frames] == ["layers.py"]


def test_exception_of_a_class_of_the_students_is_also_of_its_builtin_base(load):
    """`except ValueError` catches a subclass of it; the text begins with the name."""
    submission = load("class ShapeError(ValueError): pass\ndef f(): raise ShapeError('3 != 4')")
    with pytest.raises(ValueError, match="ShapeError: 3 != 4") as caught:
        submission.f()
    assert isinstance(caught.value, SubmissionError)
    assert caught.value.remote.type == "ShapeError"


@pytest.mark.parametrize(
    "name",
    [
        "AssertionError",
        "StopIteration",
        "KeyboardInterrupt",
        "GeneratorExit",
        "BaseException",
        "Exception",
        "StopAsyncIteration",
    ],
)
def test_exception_that_could_steer_pytest_is_a_submission_error(load, name):
    """A submission raises no AssertionError in the examiner."""
    with pytest.raises(SubmissionError, match=f"^{name}: no") as caught:
        load(f"def f(): raise {name}('no')").f()
    assert type(caught.value) is SubmissionError


def test_exception_groups_and_deep_nests_are_told_in_one_line(load):
    """A group of groups, two thousand deep, is a text like any other."""
    submission = load("""
        def f():
            group = ValueError("inner")
            for _ in range(2000):
                group = ExceptionGroup("g", [group])
            raise group
    """)
    with pytest.raises(SubmissionError, match="ExceptionGroup: g"):
        submission.f()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("def __str__(self): raise RuntimeError", "<the text of this Odd could not be read>"),
        ("def __str__(self): return 'x' * 10**7", "x" * 4096 + "... (9995904 more characters)"),
        ("def __str__(self): return 5", "<the text of this Odd could not be read>"),
        ("__class__ = property(lambda self: int(''))", "a"),
        ("def __getattribute__(self, name): raise SystemExit", "a"),
    ],
)
def test_exception_that_is_hostile_is_told_all_the_same(load, body, text):
    """Whatever its methods do, there is a type and a bounded text."""
    submission = load(f"class Odd(Exception):\n    {body}\ndef f(): raise Odd('a')")
    with pytest.raises(SubmissionError) as caught:
        submission.f()
    assert (caught.value.remote.type, caught.value.remote.text) == ("Odd", text)


def test_exception_with_a_hostile_name_and_notes_is_bounded(load):
    """Names and notes are cut, and nothing is evaluated."""
    submission = load("""
        def f():
            error = type("E" * 10_000, (Exception,), {})("text")
            for _ in range(100):
                error.add_note("n" * 10_000)
            raise error
    """)
    with pytest.raises(SubmissionError) as caught:
        submission.f()
    trace = caught.value.remote
    assert len(trace.type) < 300
    assert len(trace.notes) == 5
    assert all(len(note) < 500 for note in trace.notes)


def test_exception_from_deep_recursion_is_told_in_few_frames(load):
    """A thousand frames are cut to forty."""
    with pytest.raises(RecursionError) as caught:
        load("def f(n): return f(n + 1)").f(0)
    assert 20 <= len(caught.value.remote.frames) <= 40


def test_exception_exit_in_a_call_ends_the_candidate(load, caught_end):
    """`sys.exit(0)` before the check is no pass."""
    submission = load("import sys\ndef f(): sys.exit(0)")
    end = caught_end(submission.f)
    assert (end.outcome, end.message) == (
        Outcome.CRASHED,
        "the submission ended the process (exit status 0) during `f`",
    )
    assert submission.ended is end


def test_exception_of_memory_ends_the_candidate(load, caught_end):
    """MemoryError, and what TensorFlow calls it."""
    for source in (
        "def f(): raise MemoryError",
        "class ResourceExhaustedError(Exception): pass\ndef f(): raise ResourceExhaustedError('OOM')",
    ):
        end = caught_end(load(source).f)
        assert (end.outcome, end.message) == (
            Outcome.MEMORY,
            "the submission ran out of memory during `f` (1024 MiB are available)",
        )


def test_exception_not_implemented_is_itself(load):
    """The plugin tells from it that a function was not attempted."""
    with pytest.raises(NotImplementedError, match="f: not written yet"):
        load("def f(): raise NotImplementedError('f: not written yet')").f()


def test_exception_table_covers_every_builtin_that_is_not_refused():
    """A new builtin exception of a new Python must be placed here."""
    refused = {
        "AssertionError", "StopIteration", "StopAsyncIteration", "SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException",
        "Exception", "ExceptionGroup", "BaseExceptionGroup", "MemoryError", "Warning", "PythonFinalizationError", "_IncompleteInputError",
    }  # fmt: skip
    known = {kind.__name__ for kind in BUILTIN_EXCEPTIONS.values()}
    assert known - refused == set(TABLE) & known


@pytest.mark.parametrize("name", sorted(TABLE))
def test_exception_classes_of_the_table_can_be_made_from_a_text(name):
    """No constructor of the table fails, alone or as a base of a student's class."""
    for record in ({"type": name, "text": "t"}, {"type": "Mine", "bases": [name], "text": "t"}):
        error = exception_from(record)
        assert "t" in str(error)
        assert error.remote.text == "t"


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"type": 3, "text": None, "frames": 7, "bases": {"a": 1}, "notes": "abc"},
        {"type": "ValueError", "text": "x", "frames": [1, {"file": 3, "line": -5}, {}], "notes": [1, "n"]},
        {"type": "__import__('os')", "text": "x" * 10**6, "bases": ["AssertionError", 5]},
    ],
)
def test_exception_record_that_is_malformed_still_makes_an_exception(record):
    """A forged record is read as far as it goes."""
    error = exception_from(record)
    assert not isinstance(error, AssertionError)
    assert len(str(error)) < 6000
    assert builtins.all(frame.line >= 0 for frame in error.remote.frames)


def test_trace_that_is_forged_is_no_larger_than_an_honest_one():
    """A report holds one for each criterion: what a candidate bounds itself is bounded again here, the innermost kept."""
    frame = {"file": "f" * 9_000, "line": 3, "function": "g" * 9_000, "source": "s" * 9_000}
    record = {
        "type": "T" * 9_000,
        "text": "t" * 90_000,
        "frames": [frame] * 900 + [{"file": "last"}],
        "notes": ["n" * 9_000] * 900,
    }
    trace = parse_trace(record)
    assert len(trace.render()) < 25_000
    assert len(trace.notes) == 5
    short = [{"file": f"{number}.py", "line": number, "function": "", "source": ""} for number in range(40)]
    assert [frame.line for frame in parse_trace({"frames": short}).frames] == list(range(40))
    long = [{"file": "a.py", "line": number, "function": "", "source": "x" * 450} for number in range(40)]
    assert parse_trace({"frames": long}).frames[-1].line == 39
