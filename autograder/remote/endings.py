"""The ends of a candidate, and a submission's exceptions.

They are outcomes that no rubric can swallow.
"""

from __future__ import annotations

import builtins
import signal
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Protocol

from autograder.frameworks import is_full
from autograder.inside.loading import failures
from autograder.records.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class EndingView(Protocol):
    """The sandbox's account of a candidate that has ended."""

    @property
    def exit_status(self) -> int | None:
        """The exit status of the candidate, or None.

        It is None if a signal ended the candidate, or if it was ended from outside.
        """

    @property
    def signal(self) -> int | None:
        """The signal that ended the candidate."""

    @property
    def is_oom(self) -> bool:
        """True if the candidate was killed for its memory.

        That includes a process that the candidate started.
        """

    @property
    def cpu_s(self) -> float:
        """The CPU time of all the candidate's processes [s]."""

    @property
    def peak_memory_mib(self) -> float | None:
        """Largest memory use [MiB], where it was measured."""

    @property
    def limit(self) -> str | None:
        """The limit at which the candidate was ended from outside.

        It is cpu, wall, memory, pids, disk or None.
        """


class CandidateEnd(BaseException):
    """The end of a candidate for this criterion.

    It is the criterion's outcome, even if a test catches the exception.

    A BaseException: ``except Exception``, ``pytest.raises(Exception)`` and hypothesis let it
    through.

    Parameters
    ----------
    outcome
        What becomes of the criterion.
    message
        One sentence for the student.
    kind
        The same in a word or two: all that is shown of a hidden criterion.
    trace
        The exception of the submission that stands behind it, if one does.
    """

    def __init__(
        self, outcome: Outcome, message: str, *, kind: str, trace: RemoteTrace | None = None
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
        self.kind = kind
        self.trace = trace

    def again(self) -> CandidateEnd:
        """The same end, to be raised once more."""
        return type(self)(self.outcome, self.message, kind=self.kind, trace=self.trace)


class MissingName(CandidateEnd):
    """A name that the rubric uses is not in the submission.

    It is missing, or the file that defines it could not be loaded.
    """


def seconds_text(seconds: float) -> str:
    """Write a limit as text.

    A limit that was lengthened for a busy machine is rounded, so that every run has the same text.
    """
    if seconds in (float(f"{seconds:.2g}"), round(seconds)):
        return f"{seconds:g} s"
    return f"about {float(f'{seconds:.1g}'):g} s"


def end_from(
    ending: EndingView, doing: str, *, cpu_s: float, wall_s: float, memory_mib: int
) -> CandidateEnd:
    """Turn a broken channel into an end, by the sandbox's account.

    Parameters
    ----------
    ending
        What the sandbox says.
    doing
        What the submission was at: ``during `affine_forward` `` or ``while loading``.
    cpu_s, wall_s, memory_mib
        The limits that were in force.
    """
    limit = ending.limit or _limit_behind(ending)
    meanings = {
        "cpu": (Outcome.TIMEOUT, "time limit", f"used more than {cpu_s:g} s of CPU time"),
        "wall": (Outcome.TIMEOUT, "time limit", f"did not answer within {seconds_text(wall_s)}"),
        "interrupt": (Outcome.TIMEOUT, "interrupted", "was interrupted with Ctrl-C"),
        "memory": (Outcome.MEMORY, "memory limit", f"used more than {memory_mib} MiB of memory"),
        "pids": (Outcome.CRASHED, "process limit", "exceeded its process limit"),
        "disk": (Outcome.CRASHED, "disk limit", "exceeded its disk limit"),
        None: (Outcome.CRASHED, *_death(ending)),
    }
    outcome, kind, said = meanings.get(
        limit, (Outcome.CRASHED, "limit", f"exceeded a limit ({limit})")
    )
    return CandidateEnd(outcome, f"the submission {said} {doing}", kind=kind)


def _limit_behind(ending: EndingView) -> str | None:
    """Return the unenforced limit that a death shows.

    No process outside enforced it.
    """
    if ending.is_oom:
        return "memory"
    return "cpu" if _signal_name(ending) == "SIGXCPU" else None


def _death(ending: EndingView) -> tuple[str, str]:
    """Describe the death of a candidate that was not ended.

    Returns a word, and some more words.
    """
    if _signal_name(ending) == "SIGKILL":  # its own doing, or ours of a process that had hung up
        return "crash", "was killed, or closed its connection to the grader,"
    if ending.signal is not None:
        return "crash", f"crashed with {_signal_name(ending)}"
    if ending.exit_status is not None:
        return "ended the process", f"ended the process (exit status {ending.exit_status})"
    return "connection closed", "closed its connection to the grader"


def _signal_name(ending: EndingView) -> str:
    try:
        return signal.Signals(ending.signal or 0).name
    except ValueError:
        return f"signal {ending.signal}"


# As a candidate bounds what it says of an exception, and a little more for what it says of what it
# left out. A forged record is no larger.
MAX_TEXT_CHARS = 5_000
MAX_LINE_CHARS = failures.MAX_LINE_CHARS + 50
MAX_TRACE_CHARS = 16_000  # of all frames, the innermost first

# Never AssertionError, StopIteration, SystemExit, KeyboardInterrupt: a submission must not steer
# pytest.
_TABLE_NAMES = (
    "ArithmeticError", "AttributeError", "BlockingIOError", "BrokenPipeError", "BufferError",
    "BytesWarning", "ChildProcessError", "ConnectionAbortedError", "ConnectionError",
    "ConnectionRefusedError", "ConnectionResetError", "DeprecationWarning", "EOFError",
    "EncodingWarning", "FileExistsError", "FileNotFoundError", "FloatingPointError",
    "FutureWarning", "ImportError", "ImportWarning", "IndentationError", "IndexError",
    "InterruptedError", "IsADirectoryError", "KeyError", "LookupError", "ModuleNotFoundError",
    "NameError", "NotADirectoryError", "NotImplementedError", "OSError", "OverflowError",
    "PendingDeprecationWarning", "PermissionError", "ProcessLookupError", "RecursionError",
    "ReferenceError", "ResourceWarning", "RuntimeError", "RuntimeWarning", "SyntaxError",
    "SyntaxWarning", "SystemError", "TabError", "TimeoutError", "TypeError", "UnboundLocalError",
    "UnicodeWarning", "UserWarning", "ValueError", "ZeroDivisionError",
)  # fmt: skip
TABLE: Mapping[str, type[Exception]] = {name: getattr(builtins, name) for name in _TABLE_NAMES} | {
    # their constructors want more than a text
    "UnicodeError": ValueError,
    "UnicodeDecodeError": ValueError,
    "UnicodeEncodeError": ValueError,
    "UnicodeTranslateError": ValueError,
}


@dataclass(frozen=True, slots=True)
class RemoteFrame:
    """One line of the submission that was running."""

    file: str
    line: int
    function: str
    source: str


@dataclass(frozen=True, slots=True)
class RemoteTrace:
    """The submission's account of its exception.

    Attributes
    ----------
    type
        Name of the exception's class.
    text
        Its text, at most a few KiB.
    frames
        Lines of the student's own files, outermost first.
    notes
        Notes on the exception.
    is_stub
        The function that raised does nothing else, as far as the submission says.
    """

    type: str
    text: str
    frames: tuple[RemoteFrame, ...] = ()
    notes: tuple[str, ...] = ()
    is_stub: bool = False

    def brief(self) -> str:
        """Describe the exception in one line.

        The line has type, text, and the place.
        """
        first = self.text.splitlines()[0] if self.text.strip() else ""
        if self.type == "UnreadFile":  # a sentence of the reader's
            return first
        said = f"{self.type}: {first}" if first else self.type
        if not self.frames:
            return said
        return f"{said} ({self.frames[-1].file}, line {self.frames[-1].line})"

    def render(self) -> str:
        """The traceback as Python prints it, with the student's frames only."""
        lines = ["Traceback (most recent call last):"] if self.frames else []
        for frame in self.frames:
            lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.function}')
            lines += [f"    {frame.source}"] if frame.source else []
        return "\n".join(
            [*lines, f"{self.type}: {self.text}" if self.text else self.type, *self.notes]
        )


def is_gpu_memory(trace: RemoteTrace) -> bool:
    """Return True if a framework reports a full GPU memory.

    A submission that raises the like by itself has the outcome of a submission that ran out of
    memory: nothing earned.
    """
    return is_full(trace.type, trace.text)


class SubmissionError(Exception):
    """The submission raised an exception outside the builtin table.

    The text begins with its type.
    """

    remote: RemoteTrace


_mixed: dict[str, type[Exception]] = {}


def parse_trace(record: Mapping[str, Any]) -> RemoteTrace:
    """Read an exception record of a candidate.

    Malformed parts of it are left out.
    """
    frames = [
        _parse_frame(frame) for frame in _list_of(record.get("frames"), dict)[: failures.MAX_FRAMES]
    ]
    notes = tuple(
        _text(note)[:MAX_LINE_CHARS]
        for note in _list_of(record.get("notes"), str)[: failures.MAX_NOTES]
    )
    return RemoteTrace(
        _text(record.get("type"))[: failures.MAX_NAME_CHARS] or "exception",
        _text(record.get("text")),
        _innermost(frames),
        notes,
        record.get("is_stub") is True,
    )


def _parse_frame(frame: Mapping[str, Any]) -> RemoteFrame:
    line = frame.get("line")
    number = line if type(line) is int and 0 <= line < 2**31 else 0
    return RemoteFrame(
        _text(frame.get("file"))[: failures.MAX_NAME_CHARS],
        number,
        _text(frame.get("function"))[: failures.MAX_NAME_CHARS],
        _text(frame.get("source"))[:MAX_LINE_CHARS],
    )


def _innermost(frames: Sequence[RemoteFrame]) -> tuple[RemoteFrame, ...]:
    """Keep the innermost frames that are short enough together."""
    sizes = [
        len(frame.file) + len(frame.function) + len(frame.source) for frame in reversed(frames)
    ]
    kept = sum(total <= MAX_TRACE_CHARS for total in accumulate(sizes))
    return tuple(frames[len(frames) - kept :])


def _text(value: object) -> str:
    return value[:MAX_TEXT_CHARS] if type(value) is str else ""


def _list_of(value: object, kind: type) -> Sequence[Any]:
    return (
        [item for item in value if isinstance(item, kind)]
        if isinstance(value, list | tuple)
        else []
    )


def exception_from(record: Mapping[str, Any]) -> Exception:
    """Make the exception for which a record stands.

    It has the attribute ``remote``.

    A class of the submission's own becomes a `SubmissionError` that is also of its nearest base in
    the table, so that ``except ValueError`` catches a ``class ShapeError(ValueError)``.
    """
    trace = parse_trace(record)
    kind = TABLE.get(trace.type)
    if kind is None:
        base = next((name for name in _list_of(record.get("bases"), str) if name in TABLE), "")
        error: Exception = _mixed_class(base)(
            f"{trace.type}: {trace.text}" if trace.text else trace.type
        )
    else:
        error = kind(trace.text)
    error.remote = trace  # type: ignore[attr-defined]
    return error


def _mixed_class(base: str) -> type[Exception]:
    if not base:
        return SubmissionError
    if base not in _mixed:
        _mixed[base] = type(
            f"Submission{TABLE[base].__name__}",
            (SubmissionError, TABLE[base]),
            {"__module__": __name__},
        )
    return _mixed[base]
