"""Records of a submission's exceptions.

A record is bounded data, made without trusting the exception.

The record is formatted in the candidate, inside its time limit: `str` of a hostile exception may
raise, loop or return a gigabyte.
"""

from __future__ import annotations

import builtins
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from types import TracebackType

MAX_TEXT_CHARS = 4096
MAX_NAME_CHARS = 200
MAX_LINE_CHARS = 400
MAX_FRAMES = 40
MAX_NOTES = 5
_FIRST_FRAMES = 10
_MAX_WALK = 1_000_000

BUILTIN_EXCEPTIONS: Mapping[str, type[BaseException]] = {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}
_BUILTIN_NAMES = {value: value.__name__ for value in BUILTIN_EXCEPTIONS.values()}
_LACKS_NAME = re.compile(
    r"(?P<said>cannot import name '[^']*' from '(?P<root>\w+)(?P<more>[\w.]*)') "
    r"\((?P<path>[^()]*)\)"
)
# candidates have no pathlib yet
_PYTHON = os.path.join(os.path.dirname(os.__file__), "")  # noqa: PTH118, PTH120
_ALIASED = frozenset({"posixpath", "ntpath"})  # imported as os.path
_type_name = type.__dict__["__name__"].__get__
_type_mro = type.__dict__["__mro__"].__get__
traceback_of = BaseException.__dict__["__traceback__"].__get__
_dict_of = BaseException.__dict__["__dict__"].__get__

Sources = Mapping[str, Sequence[str]]
Record = dict[str, Any]
T = TypeVar("T")


def describe_failure(error: BaseException, sources: Sources) -> Record:
    """Turn an exception into a wire value.

    Parameters
    ----------
    error
        What escaped the submission.
    sources
        The lines of the submission's files, by the name under which they were compiled: only their
        frames are told.

    Returns
    -------
    dict
        ``type``, ``bases`` (its builtin bases, nearest first), ``text``, ``frames``, ``notes``; and
        where they apply ``exit_status`` (of a SystemExit), ``forbidden`` (the package whose import
        was refused), ``callback`` (the number of the examiner's own exception that came back) and
        ``is_stub`` (of a NotImplementedError: the function that raised does nothing else).
    """
    kind = type(error)
    mro = _type_mro(kind)
    name = clip(str.__str__(_type_name(kind)), MAX_NAME_CHARS)
    no_frames: list[Record] = []
    no_notes: list[str] = []
    return {
        "type": name,
        "bases": [_BUILTIN_NAMES[base] for base in mro if base in _BUILTIN_NAMES],
        "text": _safe(lambda: _text_of(error, mro), f"<the text of this {name} could not be read>"),
        "frames": _safe(lambda: _frames_of(error, mro, sources), no_frames),
        "notes": _safe(lambda: _notes_of(error), no_notes),
        **_particulars(error, mro),
    }


def clip(text: str, chars: int) -> str:
    """Bound the length of a text.

    The text then tells how much was left out.
    """
    more = len(text) - chars
    return (
        text if more <= 0 else f"{text[:chars]}... ({more} more character{'s' if more > 1 else ''})"
    )


def _safe(read: Callable[[], T], fallback: T) -> T:
    try:
        return read()
    except BaseException:  # noqa: BLE001  # whatever a hostile exception raises while it is read
        return fallback


def _text_of(error: Any, mro: tuple[type, ...]) -> str:
    # issubclass of the real type throughout: isinstance would ask a hostile __class__
    if SyntaxError in mro and type(error.msg) is str:
        return clip(error.msg, MAX_TEXT_CHARS)
    if mro[0] is KeyError and len(error.args) == 1 and type(error.args[0]) is str:
        # str() of it is the repr of the key, and would be quoted twice
        return clip(error.args[0], MAX_TEXT_CHARS)
    text = str.__str__(str(error))
    return clip(_said_of_python(text) if ImportError in mro else text, MAX_TEXT_CHARS)


def _said_of_python(text: str) -> str:
    """Replace a path by a remark on Python's own module.

    The remark says that the module lacking a name is one of Python itself.
    """
    found = _LACKS_NAME.fullmatch(text)
    if found is None or found["root"] not in sys.stdlib_module_names:
        return text
    if not found["path"].startswith(
        (_PYTHON, "unknown location")
    ):  # at home, a file of the student's
        return text
    root = found["root"]
    own = (
        "" if found["more"] or root in _ALIASED else f"; a {root}.py of your own cannot be imported"
    )
    return f"{found['said']}, which is a module of Python itself{own}"


def _notes_of(error: BaseException) -> list[str]:
    notes = own_attribute(error, "__notes__")
    kept = notes[:MAX_NOTES] if type(notes) is list else []
    return [clip(note, MAX_LINE_CHARS) for note in kept if type(note) is str]


def _particulars(error: Any, mro: tuple[type, ...]) -> Record:
    more: Record = {}
    if SystemExit in mro:
        more["exit_status"] = _safe(lambda: _exit_status(error.code), 1)
    if mro[0] is NotImplementedError:
        more["is_stub"] = _safe(lambda: _is_stub(traceback_of(error)), fallback=False)
    for key, kind in (("forbidden", str), ("callback", int)):
        value = own_attribute(error, f"grader_{key}")
        if type(value) is kind:
            more[key] = value
    return more


def _is_stub(trace: TracebackType | None) -> bool:
    """Return True if a function's first statement raised."""
    for _ in range(_MAX_WALK):
        if trace is None or trace.tb_next is None:
            break
        trace = trace.tb_next
    if trace is None:
        return False
    code = trace.tb_frame.f_code
    # a docstring has none
    lines = {line for *_, line in code.co_lines() if line is not None} - {code.co_firstlineno}
    return min(lines, default=code.co_firstlineno) == trace.tb_lineno


def _exit_status(code: object) -> int:
    return code if type(code) is int and abs(code) < 2**31 else int(code is not None)


def own_attribute(error: BaseException, name: str) -> object:
    """Read one of our attributes of an exception.

    The submission's class has no say in it.
    """
    return _safe(lambda: dict.get(_dict_of(error), name), None)


def _frames_of(error: Any, mro: tuple[type, ...], sources: Sources) -> list[Record]:
    frames = [_frame(*place, sources) for place in _places(traceback_of(error), sources)]
    if (
        SyntaxError in mro
        and type(error.filename) is str
        and error.filename in sources
        and type(error.lineno) is int
    ):
        frames.append(_frame(error.filename, error.lineno, "<module>", sources))
    return frames


def _places(trace: TracebackType | None, sources: Sources) -> list[tuple[str, int, str]]:
    first: list[tuple[str, int, str]] = []
    last: list[tuple[str, int, str]] = []
    for _ in range(_MAX_WALK):
        if trace is None:
            break
        code = trace.tb_frame.f_code
        if code.co_filename in sources:
            (first if len(first) < _FIRST_FRAMES else last).append(
                (code.co_filename, trace.tb_lineno, code.co_qualname)
            )
            del last[: max(0, len(last) - 2 * MAX_FRAMES)]
        trace = trace.tb_next
    return first + last[-(MAX_FRAMES - _FIRST_FRAMES) :]


def _frame(file: str, line: int | None, function: str, sources: Sources) -> Record:
    lines = sources[file]
    number = line or 0
    source = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    name = clip(function, MAX_NAME_CHARS)
    return {"file": file, "line": number, "function": name, "source": clip(source, MAX_LINE_CHARS)}


def describe_in_one_line(record: Record) -> str:
    """Describe a failure in one line.

    The line has type, text, and the place where it is known.
    """
    text = record["text"].splitlines()[0] if record["text"] else ""
    is_said = record["type"] == "UnreadFile"  # a sentence of ours
    said = text if is_said else f"{record['type']}: {text}" if text else str(record["type"])
    if not record["frames"]:
        return said
    place = record["frames"][-1]
    return f"{said} ({place['file']}, line {place['line']})"
