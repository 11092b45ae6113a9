"""The reader, a candidate that has loaded nothing.

It reads an upload, so that no trusted process has to.

It opens archives and notebooks, finds the declared files, decodes them, and says what is in them.
It answers a `autograder.inside.requests.Read` with::

    {"ok": {"files": {name: source, or the list of a notebook's cells}, "failed": {name:
    why this file cannot be read},
            "notes": [sentence, ...], "problems": [sentence, ...], "facts": {name: ...},
            "titles": {name: what the student called the file}, "causes": [[kind, subject], ...],
            "helpers": {path: source of a file that declared ones import},
            "packages": [folder of the upload under whose name declared files are imported, ...],
            "statements": {name: [[is it an import, a definition or a plain value, ...],
            ... for each cell]}},
     "code": {name: [bytes, ...]}}

``code`` is for candidates alone: no trusted process loads it.

With a problem nothing can be graded and ``files`` is empty. Standard library and the wire only.
"""

from __future__ import annotations

import socket
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from autograder.inside.reading.archives import Allowance, open_archive
from autograder.inside.reading.bindings import StudentWork
from autograder.inside.reading.decoding import EMPTY, MAX_SOURCE_BYTES, decode_source
from autograder.inside.reading.filenames import (
    OTHER,
    drop_debris,
    drop_notes,
    is_archive,
    is_notebook,
    is_source,
    is_text,
    reason_to_drop,
    split_name,
)
from autograder.inside.reading.helpers import Shelf, collect_helpers
from autograder.inside.reading.mistaken import OtherFile, find_leftover, recognise_content
from autograder.inside.reading.notebook.effects import effect_notes
from autograder.inside.reading.notebook.magics import exported_commands, run_targets, translate
from autograder.inside.reading.notebook.notebooks import Notebook, read_notebook
from autograder.inside.reading.refusal import SHOWN_CHARS, Refusal, few, few_of, quoted
from autograder.inside.reading.selecting import (
    Selection,
    WantedFiles,
    find_for,
    find_notebooks,
    is_notebooks_content,
    select,
)
from autograder.inside.reading.source_files import SourceFile, source_file
from autograder.inside.reading.syntax.definitions import (
    find_defined_names,
    find_misplaced,
    has_code,
    repeat_notes,
)
from autograder.inside.reading.syntax.facts import Facts, file_facts
from autograder.inside.reading.syntax.statements import Statement, freeze
from autograder.inside.requests import Read, parse
from autograder.wire import Channel, WireError

# sorts of causes, as `CauseKind` names them
RENAMED, UNREAD, SYNTAX = ("renamed file", "unread file", "syntax error")
MAX_REASONS = 5
MAX_ARCHIVE_DEPTH = 2  # a folder of a learning platform that holds the zip, or a zip that holds it

Content = str | list[str]


@dataclass
class _Reading:
    """The result of reading an upload so far."""

    files: dict[str, Content] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    facts: Facts = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, str] = field(default_factory=dict)
    packages: list[str] = field(default_factory=list)
    statements: dict[str, list[list[bool]]] = field(default_factory=dict)
    causes: list[list[str]] = field(default_factory=list)

    def refuse(self, *why: object) -> None:
        """Reject the upload, for as many reasons as there are."""
        self.files, self.failed, self.facts, self.helpers, self.titles, self.packages = (
            {},
            {},
            {},
            {},
            {},
            [],
        )
        self.problems = [f"{one}." for one in why]

    def fail(self, name: str, why: object, kind: str, sort: str = "unread file") -> None:
        """Leave out a file that was handed in and cannot be read."""
        self.files.pop(name, None)
        self.facts.pop(name, None)
        self.failed[name] = f"{why}."
        if [sort, kind] not in self.causes:
            self.causes.append([sort, kind])


@dataclass
class _Material:
    """The files of an upload, unpacked.

    Attributes
    ----------
    sources
        Bytes of what may be a source or a notebook, by path.
    mistaken
        What each of the others is that has a source's name, by path.
    times
        When each was changed last; None where that does not matter.
    """

    sources: dict[str, bytes] = field(default_factory=dict)
    mistaken: dict[str, OtherFile] = field(default_factory=dict)
    times: dict[str, float] | None = None


def read(  # noqa: PLR0913  # what an assignment says of its files
    files: Mapping[str, bytes],
    declared: Sequence[str],
    support: Collection[str] = (),
    template: Mapping[str, bytes] = MappingProxyType({}),
    *,
    aliases: Sequence[str] = (),
    forbidden: Collection[str] = (),
    asked: Mapping[str, str] = MappingProxyType({}),
    times: Mapping[str, float] | None = None,
    beside: Mapping[str, bytes] = MappingProxyType({}),
) -> Facts:
    """Read an upload.

    Parameters
    ----------
    files
        Bytes by path, as they were handed in.
    declared
        File names that the assignment asks for, in the order in which they are loaded.
    support
        File names that the course ships itself.
    template
        The template of each declared file, so that what was not worked on is known.
    aliases, forbidden
        Packages under which the files are imported, too, and those that are not allowed.
    asked
        The declared file that should define each function and class that is graded, empty where
        that is not known.
    times
        When each file was changed last [s]; with it, the newest of several that could be the same
        one is taken.
    beside
        Python files around the upload: each is read only where the upload imports or runs it.

    Returns
    -------
    dict
        ``files``, ``failed``, ``notes``, ``problems`` and ``facts`` of the answer, see the module.
        Nothing is raised: whatever an upload leads to is a problem of the upload.
    """
    reading = _Reading()
    try:
        wanted = WantedFiles(declared, support, template, asked, aliases, forbidden)
        _read(reading, files, wanted, times, beside)
    except Refusal as refusal:
        reading.refuse(refusal)
    # nothing of an upload may end the reader
    except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001
        reading.refuse(f"The submission cannot be read ({type(error).__name__})")
    return vars(reading)


def _read(
    reading: _Reading,
    files: Mapping[str, bytes],
    wanted: WantedFiles,
    times: Mapping[str, float] | None,
    beside: Mapping[str, bytes],
) -> None:
    material = _unpack_all(files, times, wanted, reading.notes)
    if material.mistaken and not material.sources:
        _refuse_mistaken(reading, material.mistaken)
        return
    try:
        selection = select(material.sources, wanted, material.times)
    except Refusal as refusal:
        _refuse_mistaken(reading, material.mistaken)
        reading.refuse(refusal, *(why.removesuffix(".") for why in reading.problems))
        return
    reading.titles = {
        name: _title(selection.chosen.get(name, selection.whole or name))
        for name in wanted.declared
    }
    reading.notes += selection.notes
    reading.causes += [[RENAMED, name] for name in selection.renamed]
    written = _add_files(reading, material, selection, wanted)
    _add_mistaken(reading, material, selection, wanted)
    missing = [
        name for name in wanted.declared if not (name in reading.files or name in reading.failed)
    ]
    missing = [name for name in missing if name not in selection.covered]
    if missing and selection.whole is None:
        reading.notes.append(f"Not handed in: {', '.join(missing)}.")
    for name in list(reading.files):
        _add_facts(reading, name, reading.titles[name])
    taken = [*selection.chosen.values(), *filter(None, [selection.whole])]
    is_empty = [
        UNREAD,
        EMPTY,
    ] in reading.causes  # an empty source is no reason to reject an upload either
    if reading.failed and not reading.files and all(map(is_notebook, taken)) and not is_empty:
        reading.refuse(*(why.removesuffix(".") for why in reading.failed.values()))
        return
    sources = {name: text.encode() for name, text in written.items()} | material.sources
    helpers = _add_helpers(reading, selection, sources, beside, wanted)
    empty = [path for path, data in material.sources.items() if _is_empty_package(path, data)]
    reading.notes += selection.unused_notes([*helpers, *empty])
    held = {name: path for name, path in selection.held.items() if path not in helpers}
    _add_definitions(reading, material, wanted, held)


def _add_files(
    reading: _Reading, material: _Material, selection: Selection, wanted: WantedFiles
) -> Mapping[str, str]:
    """Read the files that stand for the declared ones.

    Returns the helper files that notebooks write.
    """
    written: dict[str, str] = {}
    for name, path in selection.chosen.items():
        written |= _add_file(reading, name, path, material.sources[path], wanted.declared)
    if selection.whole is not None:
        name = _title(selection.whole)
        try:
            notebook = read_notebook(material.sources[selection.whole], name, wanted.declared)
        except Refusal as refusal:
            if refusal.kind != EMPTY:
                raise
            for declared in wanted.declared:
                reading.fail(declared, refusal, refusal.kind)
            return written
        _add_whole(reading, notebook, name, wanted.declared)
        written |= notebook.helpers
    return written


def _add_helpers(
    reading: _Reading,
    selection: Selection,
    sources: Mapping[str, bytes],
    around: Mapping[str, bytes],
    wanted: WantedFiles,
) -> Collection[str]:
    """Read the files that declared ones import or run.

    Returns their paths, and those of files that got a note.
    """
    chosen = [path for path in (*selection.chosen.values(), selection.whole) if path is not None]
    # A file with the name of a declared one would take its facts, and with the name of a course's
    # file its place.
    taken = {_base(name) for name in (*wanted.declared, *wanted.support)}
    known = [*sources, *(path for path in around if path not in sources)]
    others = [
        path
        for path in known
        if is_source(_base(path)) and path not in chosen and _base(path) not in taken
    ]
    if not reading.facts:
        return ()

    def data_of(path: str) -> bytes:
        return sources[path] if path in sources else around[path]

    def read_imports(name: str, path: str) -> list[Facts] | None:
        data = data_of(path)
        try:
            source = "" if _is_empty_package(path, data) else decode_source(data, name)
            facts = file_facts([source], name)
        except Refusal as refusal:
            reading.notes.append(f"{refusal}.")
            return None
        reading.helpers[name], reading.facts[name] = source, facts
        return list(facts["imports"])

    names_run = _run_names(reading)
    near_last = sorted(others, key=lambda path: path.count("/"), reverse=True)  # of two of one name
    run = {path: _base(path) for path in near_last if _base(path) in names_run}
    for path, name in run.items():
        read_imports(name, path)
    beside = {path: name for name, path in selection.chosen.items()} or dict.fromkeys(
        chosen, wanted.declared[0]
    )
    shelf = Shelf(others, data_of, beside, wanted.aliases, wanted.forbidden, taken)
    found = collect_helpers(
        shelf, {name: facts["imports"] for name, facts in reading.facts.items()}, read_imports
    )
    reading.notes += found.notes
    reading.packages += found.packages
    return {*found.paths.values(), *found.refused, *run}


def _is_empty_package(path: str, data: bytes) -> bool:
    """Return True for an empty `__init__.py`.

    It only makes its folder a package.
    """
    return _base(path) == "__init__.py" and not data.strip()


def _run_names(reading: _Reading) -> set[str]:
    """Return the names of the files that ``%run`` runs."""
    sources = [
        source
        for content in reading.files.values()
        for source in ([content] if isinstance(content, str) else content)
    ]
    return {name for source in sources for name in run_targets(source)}


# unpacking ----------------------------------------------------------------------------------------


def _unpack_all(
    files: Mapping[str, bytes],
    times: Mapping[str, float] | None,
    wanted: WantedFiles,
    notes: list[str],
) -> _Material:
    """Open archives until there are sources.

    Debris is dropped at every level.
    """
    allowance = Allowance()
    found = dict(files)
    material = _Material(times=None if times is None else dict(times))
    for depth in range(MAX_ARCHIVE_DEPTH + 1):
        archives = _part(found, material, wanted, notes)
        if material.sources or material.mistaken or not archives:
            break
        if depth == MAX_ARCHIVE_DEPTH:
            raise Refusal(
                f"{few_of(list(archives))}: archives inside archives inside archives are not opened"
            )
        found = _unpack_only(archives, material, allowance, notes)
    if archives:
        notes.append(f"Archives beside sources are not opened: {few_of(list(archives))}.")
    return material


def _part(
    found: Mapping[str, bytes], material: _Material, wanted: WantedFiles, notes: list[str]
) -> dict[str, bytes]:
    """Put sources into the material, and return the archives."""
    archives = [
        path for path in found if is_archive(_base(path)) and not _base(path).startswith(".")
    ]
    kept, dropped = drop_debris([path for path in found if path not in set(archives)])
    texts = _sources_among_texts(found, wanted)
    twins = {text: twin for text in texts if (twin := _twin(text, kept)) is not None}
    if texts and not archives:
        work = StudentWork(
            found, find_notebooks(found), wanted.declared, wanted.template, wanted.asked
        )
        if not any(map(work.is_there, kept)) and (work.is_known or not kept):
            kept, twins = kept + [text for text in texts if not kept or work.is_there(text)], {}
        notes += [
            f"{quoted(text)} is not read, since {quoted(twin)} is there; if the text is what you "
            "want to hand in, "
            f"save it as {_base(twin)}."
            for text, twin in twins.items()
            if not work.are_alike([text, twin])
        ]
    told = {*kept, *twins}
    dropped = {
        reason: left
        for reason, paths in dropped.items()
        if (left := [one for one in paths if one not in told])
    }
    notes += [note for note in drop_notes(dropped) if note not in notes]
    for path in kept:
        other = recognise_content(found[path])
        if other is None:
            material.sources[_named_by_content(path, found, material, notes)] = found[path]
        else:
            material.mistaken[path] = other
    return {path: found[path] for path in archives}


def _named_by_content(
    path: str, found: Mapping[str, bytes], material: _Material, notes: list[str]
) -> str:
    """Return the new name of a source saved as a notebook.

    The source gets a note. All other paths are returned as they are.
    """
    source = f"{split_name(path)[0]}.py"
    data = found[path]
    if (
        not is_notebook(path)
        or source in found
        or source in material.sources
        or not _is_sources_content(data)
    ):
        return path
    notes.append(
        f"{quoted(path)} is Python source, not a notebook: it was read as {quoted(_base(source))}."
    )
    if material.times is not None and path in material.times:
        material.times[source] = material.times[path]
    return source


def _is_sources_content(data: bytes) -> bool:
    """Return True for bytes that seem to define Python names.

    They are no JSON.
    """
    return not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[", b'"')) and bool(
        find_defined_names(data)
    )


def _twin(text: str, sources: Sequence[str]) -> str | None:
    """Find the source that has a text's name without its suffix.

    It may also be a notebook.
    """
    stem = split_name(text)[0]
    return next((path for path in sources if split_name(path)[0] == stem), None)


def _sources_among_texts(found: Mapping[str, bytes], wanted: WantedFiles) -> list[str]:
    """Find sources and notebooks that were saved as a text."""
    texts = [path for path in found if is_text(_base(path)) and reason_to_drop(path) == OTHER]
    asked = {name.partition(".")[0] for name in wanted.asked}
    return [
        path
        for path in texts
        if is_notebooks_content(found[path]) or find_defined_names(found[path]) & asked
    ]


def _unpack_only(
    archives: Mapping[str, bytes], material: _Material, allowance: Allowance, notes: list[str]
) -> dict[str, bytes]:
    """Unpack the only archive, or the newest where that is asked for."""
    path = next(iter(archives))
    if len({*archives.values()}) > 1:
        path = _newest_archive(archives, material.times, notes)
    found = open_archive(archives[path], _base(path), allowance)
    if material.times is not None:
        material.times = found.times
    if found.links:
        notes.append(f"Links are not followed: {few_of(found.links)}.")
    skipped = [name for name in found.skipped if name not in found.texts]
    if skipped:
        _, dropped = drop_debris(skipped)
        notes += drop_notes(dropped)
    return found.files | found.texts


def _newest_archive(
    archives: Mapping[str, bytes], times: Mapping[str, float] | None, notes: list[str]
) -> str:
    newest = max((times or {}).get(path, 0.0) for path in archives)
    found = [path for path in archives if (times or {}).get(path, 0.0) == newest]
    if times is None or len(found) > 1:
        raise Refusal(f"{few_of(list(archives))} could each be the submission; hand in one of them")
    notes.append(f"Of {few_of(list(archives))} the newest was taken: {quoted(found[0])}.")
    return found[0]


# files of another kind ----------------------------------------------------------------------------


def _refuse_mistaken(reading: _Reading, mistaken: Mapping[str, OtherFile]) -> None:
    """Reject an upload in which no file is a source or notebook."""
    reading.causes += [[UNREAD, other.kind] for other in mistaken.values()][:MAX_REASONS]
    reading.refuse(
        *[other.sentence(_title(path)) for path, other in sorted(mistaken.items())][:MAX_REASONS]
    )


def _add_mistaken(
    reading: _Reading, material: _Material, selection: Selection, wanted: WantedFiles
) -> None:
    """Report the kinds of files that are no sources.

    A kind is a reason where a declared file is missing for it, else a note.
    """
    left = dict(material.mistaken)
    for name in wanted.declared:
        if selection.whole is None and not (name in reading.files or name in reading.failed):
            path = find_for(left, name)
            if path is not None:
                other = left.pop(path)
                reading.fail(name, other.sentence(_title(path)), other.kind)
    reading.notes += few(
        [f"Not used: {quoted(path)} is {other.kind}." for path, other in left.items()],
        "files are not used",
    )


# files --------------------------------------------------------------------------------------------


def _add_file(
    reading: _Reading, name: str, path: str, data: bytes, declared: Sequence[str]
) -> Mapping[str, str]:
    """Read the file that stands for a declared one.

    Returns the helper files that a notebook writes.
    """
    reading.titles[name] = _title(path)
    try:
        if is_notebook(path) or is_notebooks_content(data):
            notebook = read_notebook(data, _title(path), declared)
            _add_notebook(reading, notebook, name)
            return notebook.helpers
        reading.files[name] = decode_source(data, _title(path))
    except Refusal as refusal:
        reading.fail(name, refusal, refusal.kind)
    return {}


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _title(path: str) -> str:
    """Return the name of a student's file for messages."""
    name = _base(path)
    return name if name.isprintable() and len(name) <= SHOWN_CHARS else quoted(name)


def _add_notebook(reading: _Reading, notebook: Notebook, name: str) -> None:
    """Let a notebook stand for one declared file.

    It also writes those of its files that were not handed in.
    """
    reading.notes += notebook.notes
    for target, text in notebook.written.items():
        if target == name or not (target in reading.files or target in reading.failed):
            _write(reading, target, text)
    if name not in notebook.written:
        reading.files[name] = notebook.cells


def _add_whole(reading: _Reading, notebook: Notebook, path: str, declared: Sequence[str]) -> None:
    """Let a notebook stand for every declared file.

    Its cells are loaded as the first one that it does not write.
    """
    left = [name for name in declared if name not in notebook.written]
    if left and notebook.has_code:
        _add_notebook(reading, notebook, left[0])
        reading.titles[left[0]] = path
        return
    reading.notes += notebook.notes
    for target, text in notebook.written.items():
        _write(reading, target, text)
    if notebook.has_code:
        reading.notes.append(
            f"{path}: other cells are not run, since the notebook writes every declared file."
        )


def _write(reading: _Reading, name: str, text: str) -> None:
    reading.titles[name] = name  # as its cell calls it
    try:
        reading.files[name] = decode_source(text.encode(), name)
    except Refusal as refusal:
        reading.fail(name, refusal, refusal.kind)


# facts --------------------------------------------------------------------------------------------


def _add_facts(reading: _Reading, name: str, title: str) -> None:
    content = reading.files[name]
    try:
        if isinstance(content, str):
            _add_source_facts(reading, name, content, title)
        else:
            _add_notebook_facts(reading, name, content, title)
    except Refusal as refusal:
        reading.fail(name, refusal, refusal.kind)


def _add_source_facts(reading: _Reading, name: str, source: str, title: str) -> None:
    reading.facts[name] = facts = file_facts([source], name)
    commands = exported_commands(source)
    if not facts["errors"]:
        _require_code([source], facts, title)
        reading.notes += effect_notes(commands, title)
        return
    translation = translate(source)  # a script that is no Python because of notebook commands
    if translation.is_changed and len(translation.source.encode()) <= MAX_SOURCE_BYTES:
        facts = file_facts([translation.source], name)
        if not facts["errors"]:
            reading.files[name], reading.facts[name] = translation.source, facts
            reading.notes += effect_notes(commands + translation.commands, title)
            return
    error = reading.facts[name]["errors"][0]
    leftover = find_leftover(source, error["line"], error["message"])
    if leftover is not None:
        reading.fail(
            name, f"{title}, line {leftover.line}: {leftover.sentence}", leftover.kind, SYNTAX
        )


def _add_notebook_facts(reading: _Reading, name: str, cells: list[str], title: str) -> None:
    reading.facts[name] = facts = file_facts(cells, name, is_notebook=True)
    _require_code(cells, facts, title)


def _require_code(cells: Sequence[str], facts: Mapping[str, Any], title: str) -> None:
    """Refuse a file in which nothing but comments stands."""
    if not (
        facts["definitions"] or facts["imports"] or facts["errors"] or any(map(has_code, cells))
    ):
        what = f"{title} holds only comments; hand in the file with your code"
        raise Refusal(what, kind="only comments")


def _add_definitions(
    reading: _Reading, material: _Material, wanted: WantedFiles, held: Mapping[str, str]
) -> None:
    """Report asked names that stand twice, or in unrun code."""
    if not (wanted.asked and reading.files):
        return
    titles = reading.titles
    reading.notes += repeat_notes(reading.files, titles, wanted.asked)
    files = {titles[name]: content for name, content in reading.files.items()}
    others = {_title(path): data for path, data in material.sources.items()}
    asked = {name.partition(".")[0]: file for name, file in wanted.asked.items()}
    facts = reading.facts[next(iter(reading.files))]
    unused = {
        name: f"{_title(path)}, which is not used, holds `{name}`" for name, path in held.items()
    }
    facts["misplaced"] = unused | find_misplaced(asked, files, others, titles)


# serving ------------------------------------------------------------------------------------------


def answer_request(request: Read) -> Facts:
    """Answer one request of the station."""
    reading = read(
        request.files,
        request.declared,
        request.support,
        request.template,
        aliases=request.aliases,
        forbidden=request.forbidden,
        asked=request.asked,
        times=request.times,
        beside=request.beside,
    )
    statements: dict[str, list[list[bool]]] = {}
    code: dict[str, list[bytes]] = {}
    for name, content in {**reading["files"], **reading["helpers"]}.items():
        compiled = _compile(source_file(name, content, title=reading["titles"].get(name, "")))
        statements[name] = [[one.is_kept for one in cell or ()] for cell in compiled]
        code[name] = [b"" if cell is None else freeze(cell) for cell in compiled]
    return {"ok": {**reading, "statements": statements}, "code": code}


def _compile(file: SourceFile) -> list[list[Statement] | None]:
    """Compile the cells of a file for its candidates.

    A cell that cannot be compiled is None, and its error comes when it is loaded.
    """
    try:
        return [None if isinstance(cell, SyntaxError) else cell for cell in file.statements()]
    # nothing of an upload may end the reader
    except (Exception, RecursionError, MemoryError):  # noqa: BLE001
        return []


def serve(channel_fd: int) -> None:
    """Answer requests until the other end hangs up."""
    channel = Channel(socket.socket(fileno=channel_fd))
    try:
        while True:
            _serve_one(channel)
    except EOFError:
        return
    finally:
        channel.close()


def _serve_one(channel: Channel) -> None:
    message = channel.recv()
    assert isinstance(message, dict)
    request = parse(message)
    assert isinstance(request, Read)
    reply = answer_request(request)
    try:
        channel.send(reply)
    except WireError:
        channel.send({"ok": _too_complex()})


def _too_complex() -> Facts:
    reading = _Reading()
    reading.refuse("The submission is too complex to read")
    return vars(reading)
