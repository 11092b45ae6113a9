"""The losses of a submission while it loaded.

It also covers their later consequences.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from autograder.inside.loading.failures import Record, clip, describe_in_one_line
from autograder.inside.reading.helpers import OPTIONAL_PACKAGES

MAX_LOSSES = 200  # told; more are counted
MAX_CHARS = 300
_CANNOT_IMPORT = re.compile(r"cannot import name '([^']*)' from")

Key = tuple[str, str]  # module and name


@dataclass
class Loss:
    """One statement, cell or file that was not loaded.

    Attributes
    ----------
    file
        Name as declared.
    place
        The place as the student knows it, without the line: ``ann.ipynb, cell 5``.
    text
        First line of the statement; empty where a whole cell or file was lost.
    names
        Names that it would have bound.
    why
        The reason in a few words.
    kind, subject
        Sort and particulars of the reason, for counting.
    record
        The exception, if one stands behind it.
    root
        Number of the loss that brought this one about.
    kept
        Names of which an older definition stays, with its place.
    """

    file: str
    place: str
    line: int
    text: str = ""
    names: tuple[str, ...] = ()
    why: str = ""
    kind: str = "raised"
    subject: str = ""
    record: Record | None = None
    root: int | None = None
    kept: dict[str, str] = field(default_factory=dict)

    def as_message(self) -> dict[str, Any]:
        """Write a loss for the examiner."""
        return {
            "file": self.file,
            "place": self.place,
            "line": self.line,
            "text": self.text,
            "names": [clip(name, MAX_CHARS) for name in self.names[:20]],
            "why": clip(self.why, MAX_CHARS),
            "kind": self.kind,
            "subject": clip(self.subject, 100),
            "error": self.record,
            "root": self.root,
            "kept": dict(list(self.kept.items())[:20]),
        }


class Ledger:
    """Everything that was lost, by the names that are missing for it.

    Attributes
    ----------
    losses
        In the order in which they happened.
    notes
        What was mended on the way, as sentences.
    """

    def __init__(self) -> None:
        self.losses: list[Loss] = []
        self.notes: list[str] = []
        self.more = 0
        self._lost: dict[Key, int] = {}
        self._stars: dict[str, int] = {}
        self._files: dict[str, int] = {}

    def add(self, module: str, loss: Loss) -> None:
        """Enter a loss.

        Its names are missing from now on, except those that keep an older definition.
        """
        number = len(self.losses)
        if number >= MAX_LOSSES:
            self.more += 1
            number = MAX_LOSSES - 1
        else:
            self.losses.append(loss)
        for name in loss.names:
            if name == "*":
                self._stars[module] = number
            elif name not in loss.kept:
                self._lost[module, name] = number

    def add_file(self, module: str, loss: Loss) -> None:
        """Enter the loss of a whole file."""
        self.add(module, loss)
        self._files[module] = len(self.losses) - 1

    def found(self, module: str, names: tuple[str, ...]) -> None:
        """Forget the loss of names that are bound after all."""
        if self._lost:
            for name in names:
                self._lost.pop((module, name), None)

    def note(self, text: str) -> None:
        """Keep a sentence for the student."""
        if len(self.notes) < MAX_LOSSES and text not in self.notes:
            self.notes.append(clip(text, 2 * MAX_CHARS))

    def lost_names(self) -> dict[str, int]:
        """Return the loss of each missing name.

        The first file that lost the name counts.
        """
        names: dict[str, int] = {}
        for (_, name), number in self._lost.items():
            names.setdefault(name, number)
        return dict(list(names.items())[:5_000])

    # causes ---------------------------------------------------------------------------------------

    def find(self, module: str, name: str) -> int | None:
        """Return the number of the loss behind a missing name.

        A module lacks the name. If that loss has a root, the root's number is returned.
        """
        number = self._lost.get((module, name), self._files.get(module, self._stars.get(module)))
        return None if number is None else self.root_of(number)

    def root_of(self, number: int) -> int:
        """Follow a loss to the one that brought it about."""
        root = self.losses[number].root
        return number if root is None else root

    def cause_of(self, error: BaseException, module: str) -> int | None:
        """Find the loss behind an exception, or None.

        It is None also where the exception's own class gets in the way.
        """
        try:
            return self._cause_of(error, module) if self.losses else None
        except BaseException:  # noqa: BLE001  # a hostile class
            return None

    def _cause_of(self, error: BaseException, module: str) -> int | None:
        """Return the number of the loss behind an exception.

        Parameters
        ----------
        error
            The exception. Its class may be the submission's, so only plain attributes are believed.
        module
            Where it was raised.
        """
        kind = type(error)
        name = _own(error, "name")
        if issubclass(kind, NameError) and name:
            return self.find(module, name)
        if issubclass(kind, AttributeError) and name:
            owner = getattr(error, "obj", None)
            return self.find(owner.__name__, name) if type(owner) is ModuleType else None
        if issubclass(kind, ImportError) and name:
            missing = _CANNOT_IMPORT.match(str(_own(error, "msg")))
            if missing is not None:
                found = self.find(name, missing[1])
                return self._find_any(name, missing[1]) if found is None else found
            number = self._files.get(name)
            return None if number is None else self.root_of(number)
        return None

    def _find_any(self, module: str, name: str) -> int | None:
        """Find a name that was imported under an alias of its module."""
        last = module.rpartition(".")[2]
        for (known, lost), number in self._lost.items():
            if lost == name and known.rpartition(".")[2] == last:
                return self.root_of(number)
        return None

    def explain(self, number: int) -> str:
        """Return the reason for a loss in one clause."""
        loss = self.losses[self.root_of(number)]
        if loss.text:
            return f"`{loss.text}` ({loss.place}, line {loss.line}) failed: {loss.why}"
        return f"{loss.place} failed: {loss.why}"


def _own(error: BaseException, name: str) -> str:
    value = getattr(error, name, "")
    return value if type(value) is str else ""


class UnreadFile(ImportError):  # noqa: N818  # no error of the code's
    """A file that was handed in cannot be read.

    Nothing was parsed.
    """


def classify_failure(
    record: Record, statement: str, own: Collection[str] = ()
) -> tuple[str, str, str]:
    """Classify an exception that a statement raised.

    Parameters
    ----------
    record
        The exception, as `describe_failure` tells it.
    statement
        Its first line.
    own
        Packages that the assignment's own files are imported from.

    Returns
    -------
    tuple
        The reason in a few words, its kind and its subject.
    """
    kind, text = record["type"], record["text"]
    if "forbidden" in record:
        return text, "forbidden", record["forbidden"]
    absent = _absent_package(text, statement, own) if kind in _IMPORT_ERRORS else None
    if absent is not None:
        return absent
    fixed = {
        "SystemExit": (
            f"it ended the process (exit status {record.get('exit_status', 0)})",
            "exit",
            "exit",
        ),
        "MemoryError": ("it ran out of memory", "memory", "memory"),
        "UnreadFile": (text, "unread", text),
    }
    if kind in fixed:
        return fixed[kind]
    said = describe_in_one_line({**record, "frames": []})
    if kind in _SYNTAX:
        version = re.search(r"needs Python [\d.]+\d", said)
        return said, "syntax", version[0] if version else clip(said, 80)
    return said, "raised", clip(said, 80)


def _absent_package(text: str, statement: str, own: Collection[str]) -> tuple[str, str, str] | None:
    """Classify an absent package or a misused inert one.

    An inert package is misused as a value.
    """
    where = "not installed where this is graded"
    inert = re.match(rf"([\w.]+) is {where}", text)
    if inert is not None:
        return text, "package", inert[1]
    found = re.match(r"No module named '([\w.]+)'", text)
    if found is None:
        return None
    package, is_own = _root_of(found[1], own)
    if is_own:
        return (
            f"`{found[1].lstrip('.')}` was not handed in",
            "raised",
            f"{package} was not handed in",
        )
    if re.search(rf"\b{re.escape(package)}\b", statement) is None:
        return f"it needs `{package}`, which is {where}", "package", package
    return (
        where if package in OPTIONAL_PACKAGES else f"{where}, and no {package}.py was handed in",
        "package",
        package,
    )


_NO_SOURCE = re.compile(r"'(?P<path>[^']{1,200})\.py'$")
_NO_NETWORK = re.compile(
    r"name resolution|Name or service not known|Network is unreachable|Max retries exceeded|URL "
    r"fetch failure"
)


def circumstance(record: Record, own: Collection[str]) -> str:
    """Describe the unknown circumstances of an exception.

    A student cannot know them. `own` is as for `classify_failure`.
    """
    found = (
        re.match(r"No module named '([\w.]+)'", record["text"])
        if record["type"] in _IMPORT_ERRORS
        else None
    )
    if found is not None:
        package, is_own = _root_of(found[1], own)
        absent = "was not handed in" if is_own else "is not installed where this is graded"
        return f" (`{package}` {absent})"
    source = _NO_SOURCE.search(record["text"]) if record["type"] == "FileNotFoundError" else None
    if source is not None:
        module = source["path"].removeprefix("./").replace("\\", "/").strip("/").replace("/", ".")
        what = (
            f"`import {module}`" if all(map(str.isidentifier, module.split("."))) else "import it"
        )
        return f" (files of Python are not there to be read where this is graded; {what} instead)"
    return (
        " (there is no network where this is graded)" if _NO_NETWORK.search(record["text"]) else ""
    )


def _root_of(module: str, own: Collection[str]) -> tuple[str, bool]:
    """Return a module's package, and True if it was due.

    A due package should have been handed in. That includes one of a relative import (``.name``).
    """
    package = module.lstrip(".").partition(".")[0]
    return package, package in own or module.startswith(".")


_IMPORT_ERRORS = ("ModuleNotFoundError", "ImportError")
_SYNTAX = ("SyntaxError", "IndentationError", "TabError", "SourceTooComplex")
