"""What a candidate is to load, how it went, and what is said of a name that is not there."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.outcome import Outcome
from autograder.remote.ends import CandidateEnd, MissingName
from autograder.remote.raised import RemoteTrace, parse_trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What a candidate is to load.

    Attributes
    ----------
    files
        Source text of each declared file that was handed in; a notebook is the sequence of its code cells.
    unread
        Declared files that were handed in and cannot be read, with the reason.
    misplaced
        Where a name stands that no code defines, as a clause: in a Markdown cell, commented out.
    code
        What `autograder.inside.sources.compile_ahead` made of a file, in the reader: bytes that only candidates load.
    order
        The declared files, handed in or not, in declared order.
    defines
        The declared file that should define each function and class of the reference.
    support
        Public modules of the course: name and source.
    aliases
        Packages under which the files can be imported, too: ``cs231n``, ``cs231n.classifiers``.
    forbidden, allowed
        Packages whose use is an error, and modules of these whose use is none.
    data
        Public files to be put into the work folder.
    seed
        Seeds the candidate's global generators.
    """

    files: Mapping[str, str | Sequence[str]]
    order: Sequence[str] = ()
    unread: Mapping[str, str] = field(default_factory=dict)
    misplaced: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    defines: Mapping[str, str] = field(default_factory=dict)
    support: Mapping[str, str] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    forbidden: Sequence[str] = ()
    allowed: Sequence[str] = ()
    data: Mapping[str, bytes] = field(default_factory=dict)
    seed: int = 0

    def as_message(self, provided: Mapping[str, object]) -> dict[str, Any]:
        """The request as it is sent."""
        return {
            "op": "load",
            "files": {name: text if isinstance(text, str) else list(text) for name, text in self.files.items()},
            "order": list(self.order),
            "unread": dict(self.unread),
            "code": {name: list(cells) for name, cells in self.code.items()},
            "defines": dict(self.defines),
            "support": dict(self.support),
            "aliases": list(self.aliases),
            "forbidden": list(self.forbidden),
            "allowed": list(self.allowed),
            "data": dict(self.data),
            "seed": self.seed,
            "provided": dict(provided),
            "provided_in": {name: self.defines[name] for name in provided if name in self.defines},
        }


@dataclass(frozen=True, slots=True)
class Loading:
    """How loading went.

    Attributes
    ----------
    names
        What each name is: "callable", "class" or "value".
    defined_in
        The file each name was taken from.
    failed
        What each file that could not be loaded raised.
    cells
        File, number and exception of each notebook cell that raised.
    forbidden
        The package for which a file failed, per file.
    """

    names: Mapping[str, str]
    defined_in: Mapping[str, str]
    failed: Mapping[str, RemoteTrace]
    cells: tuple[tuple[str, int, RemoteTrace], ...]
    forbidden: Mapping[str, str]


def end_missing(name: str, loading: Loading, request: LoadRequest) -> CandidateEnd:
    """Say why a name is not there: not written, called otherwise, not handed in, or in a file that could not be loaded."""
    what = f"{'class' if name[:1].isupper() else 'function'} `{name}`"
    file = request.defines.get(name)
    if file is not None and file in request.unread:
        return MissingName(Outcome.NOT_LOADED, request.unread[file].removesuffix("."), kind="not loaded")
    if name in request.misplaced:
        return MissingName(Outcome.MISSING, f"{what} not found: {request.misplaced[name]}", kind="missing")
    is_notebook = any(not isinstance(content, str) for content in request.files.values())  # it may stand for all files
    if file is not None and file not in request.files and file not in request.unread and not is_notebook:
        return MissingName(Outcome.MISSING, f"{what} not found: the file `{file}` was not handed in", kind="missing")
    failed = file if file is not None else next(iter(loading.failed), None)
    if failed is not None and failed in loading.failed:
        return end_not_loaded(failed, loading)
    near = find_similar(name, loading.names)
    found = f" (found: `{near}`)" if near else ""
    return MissingName(Outcome.MISSING, f"{what} not found{found}", kind="missing")


def end_not_loaded(file: str, loading: Loading) -> CandidateEnd:
    """Say why a file could not be loaded."""
    trace = loading.failed[file]
    if file in loading.forbidden:
        return CandidateEnd(
            Outcome.FORBIDDEN, f"{file} could not be loaded: {trace.brief()}", kind="forbidden import", trace=trace
        )
    if trace.type == "SystemExit":
        return MissingName(
            Outcome.NOT_LOADED, f"the submission ended the process while loading {file}", kind="not loaded", trace=trace
        )
    if trace.type == "MemoryError":
        return CandidateEnd(
            Outcome.MEMORY, f"{file} could not be loaded: it ran out of memory", kind="memory limit", trace=trace
        )
    return MissingName(
        Outcome.NOT_LOADED, f"{file} could not be loaded: {trace.brief()}", kind="not loaded", trace=trace
    )


def end_while_loading(end: CandidateEnd) -> CandidateEnd:
    """The end of a candidate while it loaded, in words that fit."""
    if end.outcome is Outcome.TIMEOUT:
        hint = "Hint: put training code under `if __name__ == '__main__':`."
        return CandidateEnd(end.outcome, f"{end.message}\n{hint}", kind=end.kind)
    if end.outcome is Outcome.CRASHED and end.kind != "protocol":
        return CandidateEnd(Outcome.NOT_LOADED, end.message, kind="not loaded")
    return end


def find_similar(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant: the same letters in another style, or a close match."""
    plain = {found.replace("_", "").casefold(): found for found in names}
    same = plain.get(name.replace("_", "").casefold())
    if same is not None:
        return same
    close = difflib.get_close_matches(
        name, [found for found in plain.values() if len(found) <= 80][:1000], n=1, cutoff=0.75
    )
    return close[0] if close else None


def parse_loading(reply: object) -> Loading:
    """Read the reply to a load request; whatever is malformed in it is left out."""
    parts = reply if isinstance(reply, dict) else {}
    names, files, failed = (_texts(parts.get(key)) for key in ("names", "defined_in", "failed"))
    records = {file: record for file, record in failed.items() if isinstance(record, dict)}
    cells = parts.get("cells")
    return Loading(
        names={name: kind for name, kind in names.items() if kind in ("callable", "class", "value")},
        defined_in={name: file for name, file in files.items() if type(file) is str},
        failed={file: parse_trace(record) for file, record in records.items()},
        cells=tuple(_parse_cells(cells)) if isinstance(cells, list) else (),
        forbidden={
            file: str(record["forbidden"]) for file, record in records.items() if type(record.get("forbidden")) is str
        },
    )


def _texts(value: object) -> dict[str, Any]:
    return {key: item for key, item in value.items() if type(key) is str} if isinstance(value, dict) else {}


def _parse_cells(cells: Sequence[Any]) -> Iterable[tuple[str, int, RemoteTrace]]:
    for cell in cells:
        if (
            isinstance(cell, dict)
            and type(cell.get("file")) is str
            and type(cell.get("cell")) is int
            and isinstance(cell.get("error"), dict)
        ):
            yield cell["file"][:200], cell["cell"], parse_trace(cell["error"])
