"""A candidate's load, its result, and lost statements.

It also explains a name that is not there.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from autograder.inside.requests import Load
from autograder.records.outcome import Outcome
from autograder.remote.endings import CandidateEnd, MissingName, RemoteTrace, parse_trace

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from autograder.remote.endings import RemoteTrace


MAX_NAMED = 8
_FROM = re.compile(r"from (?P<module>\S+) import (?P<names>[^()]+)")
_NO_NAME = re.compile(r"cannot import name '(?P<name>[^']*)'")


@dataclass(frozen=True, slots=True)
class LossRecord:
    """A statement, cell or file that was not loaded.

    See `autograder.inside.loading.losses.Loss`.
    """

    file: str
    place: str
    line: int
    text: str
    names: tuple[str, ...]
    why: str
    kind: str
    subject: str
    trace: RemoteTrace | None
    root: int | None
    kept: Mapping[str, str]

    def describe(self) -> str:
        """Describe the loss and its reason in one sentence.

        The sentence has no full stop.
        """
        if self.kind == "unread":  # the sentence names the file
            return self.why
        where = f"{self.place}, line {self.line}" if self.line else self.place
        if not self.text:
            is_cell = ", cell " in self.place
            place = f"line {self.line}"
            said = self.why if not self.line or place in self.why else f"{self.why} ({place})"
            return f"{self.place} {'was not run' if is_cell else 'could not be loaded'}: {said}"
        if self.kind == "limit":
            return f"{where}: `{self.text}` was left out: {self.why}"
        return f"{where}: `{self.text}` failed: {self.why}"


def join_losses(
    losses: Sequence[LossRecord], lost: Mapping[str, int]
) -> tuple[tuple[LossRecord, ...], dict[str, int]]:
    """Join the losses of one statement for one cause.

    Parameters
    ----------
    losses
        A loss for each name of an import, with valid numbers as their roots.
    lost
        The number of the loss for which a name is missing.

    Returns
    -------
    tuple
        The joined losses and ``lost``, whose numbers are now those of the joined ones.
    """
    groups: dict[Hashable, list[int]] = {}
    for number, loss in enumerate(losses):
        groups.setdefault(_key(loss) or number, []).append(number)
    new = {number: place for place, members in enumerate(groups.values()) for number in members}
    joined = (_join([losses[number] for number in members]) for members in groups.values())
    return (
        tuple(loss if loss.root is None else replace(loss, root=new[loss.root]) for loss in joined),
        {name: new[number] for name, number in lost.items()},
    )


def _key(loss: LossRecord) -> Hashable | None:
    """Return the common key of one statement's and cause's losses.

    It is None for a statement that is no ``from`` import.
    """
    found = _FROM.fullmatch(loss.text)
    if found is None:
        return None
    why = _NO_NAME.sub("cannot import name", loss.why)
    return loss.file, loss.place, loss.line, found["module"], loss.kind, loss.root, why


def _join(losses: Sequence[LossRecord]) -> LossRecord:
    first, *others = losses
    if not others:
        return first
    names = [found["names"] for loss in losses if (found := _FROM.fullmatch(loss.text))]
    more = f", and {len(names) - MAX_NAMED:,} more" if len(names) > MAX_NAMED else ""
    module = first.text.split()[1]
    absent = list(
        dict.fromkeys(found["name"] for loss in losses if (found := _NO_NAME.search(loss.why)))
    )
    return replace(
        first,
        text=f"from {module} import {', '.join(names[:MAX_NAMED])}{more}",
        names=tuple(name for loss in losses for name in loss.names),
        why=_NO_NAME.sub(lambda _: _no_names(absent), first.why),
        subject=_NO_NAME.sub(lambda _: _no_names(absent), first.subject),
        kept={name: where for loss in losses for name, where in loss.kept.items()},
    )


def _no_names(names: Iterable[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    if len(quoted) > MAX_NAMED:
        quoted = [*quoted[:MAX_NAMED], f"{len(quoted) - MAX_NAMED:,} more"]
    if len(quoted) == 1:
        return f"cannot import name {quoted[0]}"
    return f"cannot import the names {', '.join(quoted[:-1])} and {quoted[-1]}"


MAX_LOSSES = 200
MAX_NOTE_CHARS = 600
MAX_KEPT = 20
_KINDS = frozenset({"callable", "class", "value"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One statement that is not run.

    Attributes
    ----------
    file, cell, statement
        Its place: file as declared, cell from 1, statement from 0.
    limit
        How loading ended in it: time, memory, crash, exit, and the like.
    why
        The same in words that follow "was left out:".
    """

    file: str
    cell: int
    statement: int
    limit: str
    why: str


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """The request that tells a candidate its files.

    Attributes
    ----------
    files
        Source text of each declared file that was handed in; a notebook is the sequence of its code
        cells.
    unread
        Declared files that were handed in and cannot be read, with the reason.
    misplaced
        Where a name stands that no code defines, as a clause: in a Markdown cell, commented out.
    code
        What `autograder.inside.reading.source_files.compile_ahead` made of a file, in
        the reader: bytes that only candidates load.
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
    inert
        Packages for looking, which do nothing where they are not installed.
    inert_later
        Those of them that functions import when they are called.
    titles
        What the student called each file, where that is another name.
    helpers
        Files that were handed in beside the declared ones and are imported by these, by path.
    templates
        Templates of declared files in whose place another file stands, or that were not handed in.
    left_out
        Statements that are not run, since loading ended in them.
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
    inert: Sequence[str] = ()
    inert_later: Sequence[str] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    helpers: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[LeftOut] = ()
    data: Mapping[str, bytes] = field(default_factory=dict)
    seed: int = 0

    def as_request(self, provided: Mapping[str, object]) -> Load:
        """Return the request as it is sent.

        It has the stand-ins for functions of the reference.
        """
        return Load(
            files={
                name: text if isinstance(text, str) else list(text)
                for name, text in self.files.items()
            },
            order=list(self.order),
            unread=dict(self.unread),
            code={name: list(cells) for name, cells in self.code.items()},
            defines=dict(self.defines),
            support=dict(self.support),
            aliases=list(self.aliases),
            forbidden=list(self.forbidden),
            allowed=list(self.allowed),
            inert=list(self.inert),
            inert_later=list(self.inert_later),
            titles=dict(self.titles),
            helpers=dict(self.helpers),
            templates=dict(self.templates),
            left_out=as_lists(self.left_out),
            data=dict(self.data),
            seed=self.seed,
            provided=dict(provided),
            provided_in={name: self.defines[name] for name in provided if name in self.defines},
        )


def as_lists(left_out: Iterable[LeftOut]) -> list[list[Any]]:
    """Return statements that are not run, as they are sent."""
    return [list(astuple(one)) for one in left_out]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The result of loading.

    Attributes
    ----------
    names
        What each name is: "callable", "class" or "value".
    defined_in
        The file each name was taken from.
    failed
        What each file that could not be loaded raised.
    losses
        What was not loaded, in the order in which it was lost.
    more_losses
        How many losses are not told.
    lost
        The number of the loss for which a name is missing.
    notes
        What was mended on the way.
    forbidden
        The package for which a file failed, per file.
    inert
        Packages of the request's list that were imported and are not installed.
    forbidden_names
        The forbidden package from which a name was imported.
    """

    names: Mapping[str, str]
    defined_in: Mapping[str, str]
    failed: Mapping[str, RemoteTrace]
    losses: tuple[LossRecord, ...] = ()
    more_losses: int = 0
    lost: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    forbidden: Mapping[str, str] = field(default_factory=dict)
    inert: tuple[str, ...] = ()
    forbidden_names: Mapping[str, str] = field(default_factory=dict)

    def root_of(self, name: str) -> LossRecord | None:
        """Find the loss that a missing name goes back to."""
        number = self.lost.get(name)
        if number is None:
            return None
        loss = self.losses[number]
        return loss if loss.root is None else self.losses[loss.root]

    def describe_file(self, file: str, title: str) -> str:
        """Return the reason that a whole file was not loaded.

        It is in the report's words.
        """
        found = [
            loss
            for loss in self.losses
            if loss.file == file and not loss.text and ", cell " not in loss.place
        ]
        return (
            found[-1].describe()
            if found
            else f"{title} could not be loaded: {self.failed[file].brief()}"
        )

    def guarded(self) -> LoadResult:
        """Leave out everything in which a submission could hide data.

        It could be an answer or a hidden input.
        """
        return LoadResult(self.names, self.defined_in, failed={})


_OTHERWISE = "for this criterion, which may not be so for others"


def end_guarded(
    name: str, plain: LoadResult | None, request: LoadRequest, *, has_provided: bool
) -> CandidateEnd:
    """Explain a missing name after a guarded load.

    Such a load could be made to carry an answer or a hidden input.

    Parameters
    ----------
    plain
        How the submission loaded first, without functions of the reference; None if that is not
        known.
    has_provided
        If True, functions of the reference are in this load.
    """
    if plain is not None and name not in plain.names:
        return end_missing(name, plain, request)
    end = _end_before_loading(name, request)
    if end is not None:
        return end
    where = (
        "where functions of the assignment stand in the place of yours"
        if has_provided
        else _OTHERWISE
    )
    return MissingName(Outcome.NOT_LOADED, f"`{name}` was not loaded {where}", kind="not loaded")


def _end_before_loading(name: str, request: LoadRequest) -> CandidateEnd | None:
    """Explain a missing name as far as the files show."""
    what = _what(name)
    file = request.defines.get(name)
    if file is not None and file in request.unread:
        return MissingName(
            Outcome.NOT_LOADED, request.unread[file].removesuffix("."), kind="not loaded"
        )
    if name in request.misplaced:
        return MissingName(
            Outcome.MISSING, f"{what} not found: {request.misplaced[name]}", kind="missing"
        )
    # it may stand for all files
    is_notebook = any(not isinstance(content, str) for content in request.files.values())
    if (
        file is not None
        and file not in request.files
        and file not in request.unread
        and not is_notebook
    ):
        return MissingName(
            Outcome.MISSING,
            f"{what} not found: the file `{file}` was not handed in",
            kind="missing",
        )
    return None


def _what(name: str) -> str:
    return f"{'class' if name[:1].isupper() else 'function'} `{name}`"


def end_missing(name: str, loading: LoadResult, request: LoadRequest) -> CandidateEnd:
    """Explain a missing name.

    It was not written, has another name, was not handed in, or was lost while its file was loaded.
    """
    lost = loading.root_of(name)
    if lost is not None and lost.file not in loading.failed and name not in loading.forbidden_names:
        return end_lost(name, lost)
    end = _end_before_loading(name, request)
    if end is not None:
        return end
    file = request.defines.get(name)
    package = loading.forbidden_names.get(name)
    if package is not None:
        message = f"`{name}` is imported from `{package}`, which this assignment does not allow"
        return CandidateEnd(Outcome.FORBIDDEN, message, kind="forbidden import")
    failed = (
        next(iter(loading.failed), None) if file is None else file if lost is None else lost.file
    )
    if failed is not None and failed in loading.failed:
        return end_not_loaded(failed, loading, request.titles.get(failed, failed))
    near = find_similar_name(name, loading.names)
    found = f" (found: `{near}`)" if near else ""
    return MissingName(Outcome.MISSING, f"{_what(name)} not found{found}", kind="missing")


def end_lost(name: str, loss: LossRecord) -> CandidateEnd:
    """Return the end for a name that is missing for a loss."""
    message = f"`{name}` was not loaded: {loss.describe()}"
    if loss.kind == "forbidden":
        return CandidateEnd(Outcome.FORBIDDEN, message, kind="forbidden import", trace=loss.trace)
    if loss.kind == "memory":
        return CandidateEnd(Outcome.MEMORY, message, kind="memory limit", trace=loss.trace)
    return MissingName(Outcome.NOT_LOADED, message, kind="not loaded", trace=loss.trace)


def end_not_loaded(file: str, loading: LoadResult, title: str) -> CandidateEnd:
    """Return the end for a file that could not be loaded."""
    trace = loading.failed[file]
    message = loading.describe_file(file, title)
    if file in loading.forbidden:
        return CandidateEnd(Outcome.FORBIDDEN, message, kind="forbidden import", trace=trace)
    if trace.type == "MemoryError":
        return CandidateEnd(Outcome.MEMORY, message, kind="memory limit")
    return MissingName(Outcome.NOT_LOADED, message, kind="not loaded", trace=trace)


def end_while_loading(
    end: CandidateEnd, *, has_provided: bool = False, is_later: bool = False
) -> CandidateEnd:
    """Return the end of a candidate that ended while loading.

    Its words fit that case.

    Parameters
    ----------
    has_provided
        If True, functions of the reference were at hand, and how it ended could carry an answer.
    is_later
        If True, the submission has met hidden inputs before, and how it ended could carry one.
    """
    if has_provided or is_later:
        where = (
            "with functions of the assignment in the place of yours" if has_provided else _OTHERWISE
        )
        text = f"the submission ended while it was loaded {where}"
        return CandidateEnd(Outcome.NOT_LOADED, text, kind="not loaded")
    if end.outcome is Outcome.TIMEOUT:
        hint = "Hint: put training code into a function that the file does not call."
        return CandidateEnd(end.outcome, f"{end.message}\n{hint}", kind=end.kind)
    if end.outcome is Outcome.CRASHED and end.kind != "protocol":
        return CandidateEnd(Outcome.NOT_LOADED, end.message, kind="not loaded")
    return end


def find_similar_name(name: str, names: Iterable[str]) -> str | None:
    """Return the name that the student probably meant.

    It has the same letters in another style, or is a close match.
    """
    plain = {found.replace("_", "").casefold(): found for found in names}
    same = plain.get(name.replace("_", "").casefold())
    if same is not None and len(same) <= 2 * len(name) + 8:
        return same
    close = difflib.get_close_matches(
        name, [found for found in plain.values() if len(found) <= 80][:1000], n=1, cutoff=0.75
    )
    return close[0] if close else None


def parse_loading(
    reply: object, inert: Sequence[str] = (), forbidden: Sequence[str] = ()
) -> LoadResult:
    """Read the reply to a load request.

    Malformed parts of it are left out.

    Parameters
    ----------
    inert, forbidden
        The packages of the request: a reply cannot name others.
    """
    parts = reply if isinstance(reply, dict) else {}
    names, files, failed, lost = (
        _texts(parts.get(key)) for key in ("names", "defined_in", "failed", "lost")
    )
    records = {file: record for file, record in failed.items() if isinstance(record, dict)}
    single = tuple(map(_parse_loss, _dicts(parts.get("losses"))))
    losses, lost = join_losses(
        [_with_root(loss, single) for loss in single],
        {name: number for name, number in lost.items() if _is_index(number, single)},
    )
    more = parts.get("more_losses")
    used = parts.get("inert")
    return LoadResult(
        names={name: kind for name, kind in names.items() if type(kind) is str and kind in _KINDS},
        defined_in={name: file for name, file in files.items() if type(file) is str},
        failed={file: parse_trace(record) for file, record in records.items()},
        losses=losses,
        more_losses=more if type(more) is int and 0 <= more < 1 << 31 else 0,
        lost=lost,
        notes=tuple(note[:MAX_NOTE_CHARS] for note in _strings(parts.get("notes"))),
        forbidden={
            file: str(record["forbidden"])
            for file, record in records.items()
            if type(record.get("forbidden")) is str
        },
        inert=tuple(name for name in inert if name in _strings(used)),
        forbidden_names={
            name[:200]: package
            for name, package in _texts(parts.get("forbidden_names")).items()
            if type(package) is str and package in forbidden
        },
    )


def _texts(value: object) -> dict[str, Any]:
    return (
        {key: item for key, item in value.items() if type(key) is str}
        if isinstance(value, dict)
        else {}
    )


def _dicts(value: object) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else []
    return [one for one in found[:MAX_LOSSES] if isinstance(one, dict)]


def _strings(value: object) -> list[str]:
    found = value if isinstance(value, list | tuple) else []
    return [one for one in found[:MAX_LOSSES] if type(one) is str]


def _is_index(number: object, losses: Sequence[LossRecord]) -> bool:
    return type(number) is int and 0 <= number < len(losses)


def _with_root(loss: LossRecord, losses: Sequence[LossRecord]) -> LossRecord:
    return loss if loss.root is None or _is_index(loss.root, losses) else replace(loss, root=None)


def _parse_loss(parts: Mapping[str, Any]) -> LossRecord:
    def text(key: str, most: int = MAX_NOTE_CHARS) -> str:
        value = parts.get(key)
        return value[:most] if type(value) is str else ""

    line, root, error = parts.get("line"), parts.get("root"), parts.get("error")
    return LossRecord(
        file=text("file", 200),
        place=text("place", 200),
        line=line if type(line) is int and 0 <= line < 1 << 31 else 0,
        text=text("text"),
        names=tuple(name[:200] for name in _strings(parts.get("names"))),
        why=text("why"),
        kind=text("kind", 20),
        subject=text("subject", 100),
        trace=parse_trace(error) if isinstance(error, dict) else None,
        root=root if type(root) is int else None,
        kept={
            name[:200]: where[:200]
            for name, where in list(_texts(parts.get("kept")).items())[:MAX_KEPT]
            if type(where) is str
        },
    )
