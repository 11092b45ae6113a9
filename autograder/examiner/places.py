r"""Removes paths of the grading machine from a report.

A student can act on ``numpy/linalg/_linalg.py:123`` and on ``data/bars.csv``; the folder in which
this machine keeps NumPy, the work folder of the sandbox and the course tell them nothing, and are
the course's business alone. Paths that a student wrote themself (``/content/drive/x.csv``) stay as
they are.
"""

from __future__ import annotations

import re
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import autograder
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import Fault

#: The work folder in every sandbox with walls.
WORK = "/submission"
_SYSTEM = frozenset({"/", "/usr", "/usr/local"})  # these prefixes hold much else
# A Python of the system or of an image, as deep as it goes.
_LIBRARIES = (
    r"/(?:usr|usr/local|opt/[\w.-]+)/lib(?:64)?/python3(?:\.\d+)?(?:/(?:site|dist)-packages)?"
)

# A path at the end of a text that was bounded, see `autograder.inside.loading.failures.clip`.
_CUT = re.compile(r"(?<![\w.~/\\-])(?:/|[A-Za-z]:\\)[^\s'\"]*?(?=\.\.\. \(\d+ more character)")


def hide_record(record: CriterionRecord, course: Path) -> CriterionRecord:
    """Return a record without paths of this machine.

    A record that only staff will read keeps them.
    """
    if record.fault in (Fault.RUBRIC, Fault.INFRASTRUCTURE):
        return record
    hide = partial(hide_places, course=course)
    exception = record.exception and {
        **record.exception,
        "text": hide(record.exception.get("text", "")),
    }
    return replace(
        record,
        message=hide(record.message),
        notes=tuple(map(hide, record.notes)),
        exception=exception,
        stdout=hide(record.stdout),
        stderr=hide(record.stderr),
    )


def hide_loading(loading: LoadingRecord, course: Path) -> LoadingRecord:
    """Return a record of a submission's load without paths of this machine."""
    hide = partial(hide_places, course=course)
    return replace(
        loading,
        stdout=hide(loading.stdout),
        stderr=hide(loading.stderr),
        notes=tuple(map(hide, loading.notes)),
        reasons=tuple(map(hide, loading.reasons)),
        causes=tuple((kind, hide(subject)) for kind, subject in loading.causes),
        lost=tuple((name, hide(why)) for name, why in loading.lost),
    )


def hide_places(text: str, course: Path) -> str:
    r"""Shorten paths of this machine.

    These are paths within a package, the work folder or the course.

    Examples
    --------
    >>> hide_places(
    ...     "No file '/submission/data/x.csv' (/usr/lib/python3.11/json/decoder.py:355)",
    ...     Path("/course"),
    ... )
    "No file 'data/x.csv' (json/decoder.py:355)"
    >>> hide_places("No file '/content/drive/x.csv'", Path("/course"))
    "No file '/content/drive/x.csv'"
    """
    if "/" not in text and "\\" not in text:
        return text
    shown = _pattern(str(course)).sub(_shorten, text)
    return _CUT.sub(partial(_hide_cut, course=str(course)), shown)


def _hide_cut(found: re.Match[str], course: str) -> str:
    """Leave out a cut path of this machine.

    It was cut off within a folder of this machine.
    """
    known = {
        *_python_folders(),
        *_both(course),
        WORK,
        *(f"{one}/autograder" for one in _both(tempfile.gettempdir())),
    }
    return "" if any(folder.startswith(found[0]) for folder in known) else found[0]


def _shorten(found: re.Match[str]) -> str:
    place = found[0]
    if place.endswith(("/", "\\")):
        return ""
    return "." if found["work"] else re.split(r"[/\\]", place)[-1]


@cache
def _pattern(course: str) -> re.Pattern[str]:
    """Return a pattern for the folders of this machine.

    The deepest come first.
    """
    known = sorted(map(re.escape, {*_python_folders(), *_both(course)}), key=len, reverse=True)
    work = [
        re.escape(WORK),
        *(
            re.escape(one) + r"[/\\]autograder[.-][\w.-]+(?:/\d+)?"
            for one in _both(tempfile.gettempdir())
        ),
    ]
    # This Python may itself lie in a temporary folder of ours.
    folders = rf"{'|'.join(known)}|(?P<work>{'|'.join(work)})|{_LIBRARIES}"
    # From its beginning, and to a whole name: neither "~/submission/x" nor "/submission2".
    return re.compile(rf"(?<![\w.~/\\-])(?:{folders})(?:[/\\](?=[^\s'\"])|(?![\w/\\-]|\.\w))")


def _python_folders() -> Iterable[str]:
    """List the folders of this Python and of this package.

    Sandboxes without an image show these folders as they are.
    """
    paths = sysconfig.get_paths()
    folders = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [sys.prefix, sys.base_prefix, str(Path(autograder.__file__).parent.parent)]
    return {name for folder in folders for name in _both(folder) if name not in _SYSTEM}


def _both(folder: str) -> set[str]:
    """Return a folder's own and resolved paths."""
    return {folder, str(Path(folder).resolve())}
