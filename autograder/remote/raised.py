"""A submission's exceptions, on the examiner's side.

They are of a builtin class from a fixed table, or `SubmissionError`.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from autograder.inside.loading import failures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# As a candidate bounds what it says of an exception, and a little more for what it says of what it left out. A forged
# record is no larger.
MAX_TEXT_CHARS = 5_000
MAX_LINE_CHARS = failures.MAX_LINE_CHARS + 50
MAX_TRACE_CHARS = 16_000  # of all frames, the innermost first

# Never AssertionError, StopIteration, SystemExit, KeyboardInterrupt: a submission must not steer pytest.
_TABLE_NAMES = (
    "ArithmeticError", "AttributeError", "BlockingIOError", "BrokenPipeError", "BufferError", "BytesWarning", "ChildProcessError",
    "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError", "DeprecationWarning", "EOFError",
    "EncodingWarning", "FileExistsError", "FileNotFoundError", "FloatingPointError", "FutureWarning", "ImportError", "ImportWarning",
    "IndentationError", "IndexError", "InterruptedError", "IsADirectoryError", "KeyError", "LookupError", "ModuleNotFoundError",
    "NameError", "NotADirectoryError", "NotImplementedError", "OSError", "OverflowError", "PendingDeprecationWarning",
    "PermissionError", "ProcessLookupError", "RecursionError", "ReferenceError", "ResourceWarning", "RuntimeError", "RuntimeWarning",
    "SyntaxError", "SyntaxWarning", "SystemError", "TabError", "TimeoutError", "TypeError", "UnboundLocalError", "UnicodeWarning",
    "UserWarning", "ValueError", "ZeroDivisionError",
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
        return "\n".join([*lines, f"{self.type}: {self.text}" if self.text else self.type, *self.notes])


#: Classes with which frameworks say that a device's memory is full, if the text names the device as below.
_FULL = (
    "ResourceExhaustedError",
    "OutOfMemoryError",
    "XlaRuntimeError",
    "JaxRuntimeError",
    "RuntimeError",
    "InternalError",
)
_FULL_SIGNS = (
    "CUDA out of memory",
    "CUDA_ERROR_OUT_OF_MEMORY",
    "device:GPU:",
    "GPU_0_bfc",
    "RESOURCE_EXHAUSTED: Out of memory",
)


def is_gpu_memory(trace: RemoteTrace) -> bool:
    """Return True if a framework reports a full GPU memory.

    The frameworks are TensorFlow, PyTorch and JAX.

    A submission that raises the like by itself has the outcome of a submission that ran out of
    memory: nothing earned.
    """
    return trace.type in _FULL and any(sign in trace.text for sign in _FULL_SIGNS)


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
    frames = [_parse_frame(frame) for frame in _list_of(record.get("frames"), dict)[: failures.MAX_FRAMES]]
    notes = tuple(_text(note)[:MAX_LINE_CHARS] for note in _list_of(record.get("notes"), str)[: failures.MAX_NOTES])
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
    sizes = [len(frame.file) + len(frame.function) + len(frame.source) for frame in reversed(frames)]
    kept = sum(total <= MAX_TRACE_CHARS for total in accumulate(sizes))
    return tuple(frames[len(frames) - kept :])


def _text(value: object) -> str:
    return value[:MAX_TEXT_CHARS] if type(value) is str else ""


def _list_of(value: object, kind: type) -> Sequence[Any]:
    return [item for item in value if isinstance(item, kind)] if isinstance(value, list | tuple) else []


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
        error: Exception = _mixed_class(base)(f"{trace.type}: {trace.text}" if trace.text else trace.type)
    else:
        error = kind(trace.text)
    error.remote = trace  # type: ignore[attr-defined]
    return error


def _mixed_class(base: str) -> type[Exception]:
    if not base:
        return SubmissionError
    if base not in _mixed:
        _mixed[base] = type(
            f"Submission{TABLE[base].__name__}", (SubmissionError, TABLE[base]), {"__module__": __name__}
        )
    return _mixed[base]
