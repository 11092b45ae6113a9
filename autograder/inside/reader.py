"""The reader: a candidate that has loaded nothing reads an upload, so that no trusted process has to.

It opens archives and notebooks, finds the declared files, decodes them, and says what is in them. One request::

    {"op": "read", "files": {path: bytes}, "declared": [name, ...], "support": [name, ...], "shipped": {name: digest of the template}}

and one answer::

    {"ok": {"files": {name: source, or the list of a notebook's cells}, "failed": {name: why this file cannot be read},
            "notes": [sentence, ...], "problems": [sentence, ...], "facts": {name: ...},
            "titles": {name: what the student called the file}, "causes": [[kind, subject], ...],
            "helpers": {path: source of a file that declared ones import},
            "statements": {name: [[is it an import or a definition, ...], ... a list for each cell]}},
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

from autograder.inside.archives import Allowance, is_archive, unpack
from autograder.inside.decoding import MAX_SOURCE_BYTES, decode_source
from autograder.inside.effects import effect_notes
from autograder.inside.facts import file_facts
from autograder.inside.helpers import Shelf, collect
from autograder.inside.magics import run_targets, translate
from autograder.inside.notebooks import Notebook, read_notebook
from autograder.inside.refusal import SHOWN_CHARS, Refusal, listed, shown
from autograder.inside.selecting import Selection, drop_debris, drop_notes, select
from autograder.inside.sources import SourceFile, source_file
from autograder.inside.statements import Statement, freeze
from autograder.wire import Channel, WireError

MAX_ARCHIVE_DEPTH = 2  # a folder of a learning platform that holds the zip, or a zip that holds it

Content = str | list[str]


@dataclass
class _Reading:
    """What is known of an upload so far."""

    files: dict[str, Content] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, str] = field(default_factory=dict)
    statements: dict[str, list[list[bool]]] = field(default_factory=dict)
    causes: list[list[str]] = field(default_factory=list)

    def refuse(self, why: object) -> None:
        """Reject the upload."""
        self.files, self.failed, self.facts, self.helpers, self.titles = {}, {}, {}, {}, {}
        self.problems = [f"{why}."]


def read(  # noqa: PLR0913  # what an assignment says of its files
    files: Mapping[str, bytes],
    declared: Sequence[str],
    support: Collection[str] = (),
    shipped: Mapping[str, bytes] = MappingProxyType({}),
    *,
    aliases: Sequence[str] = (),
    forbidden: Collection[str] = (),
) -> dict[str, Any]:
    """Read an upload.

    Parameters
    ----------
    files
        Bytes by path, as they were handed in.
    declared
        File names that the assignment asks for, in the order in which they are loaded.
    support
        File names that the course ships itself.
    shipped
        `fingerprint` of the template of each declared file, so that what was not worked on is known.
    aliases, forbidden
        Packages under which the files are imported, too, and those that are not allowed.

    Returns
    -------
    dict
        ``files``, ``failed``, ``notes``, ``problems`` and ``facts`` of the answer, see the module. Nothing is raised:
        whatever an upload leads to is a problem of the upload.
    """
    reading = _Reading()
    try:
        selection, material = _read(reading, files, declared, support, shipped)
        helpers = _add_helpers(reading, selection, material, support, aliases, forbidden)
        reading.notes += selection.unused_notes(helpers)
    except Refusal as refusal:
        reading.refuse(refusal)
    except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001  # nothing of an upload may end the reader
        reading.refuse(f"The submission cannot be read ({type(error).__name__})")
    return vars(reading)


def _read(
    reading: _Reading,
    files: Mapping[str, bytes],
    declared: Sequence[str],
    support: Collection[str],
    shipped: Mapping[str, bytes],
) -> tuple[Selection, Mapping[str, bytes]]:
    material = _unpack_all(files, reading.notes)
    selection = select(material, declared, support, shipped)
    reading.notes += selection.notes
    written: dict[str, str] = {}
    for name, path in selection.chosen.items():
        written |= _add_file(reading, name, path, material[path], declared)
    if selection.whole is not None:
        name = _title(selection.whole)
        notebook = read_notebook(material[selection.whole], name, declared)
        _add_whole(reading, notebook, name, declared)
        written |= notebook.helpers
    missing = [name for name in declared if not (name in reading.files or name in reading.failed)]
    if missing and selection.whole is None:
        reading.notes.append(f"Not handed in: {', '.join(missing)}.")
    for name in list(reading.files):
        _add_facts(reading, name)
    return selection, {name: text.encode() for name, text in written.items()} | material


def _add_helpers(  # noqa: PLR0913, PLR0917
    reading: _Reading,
    selection: Selection,
    material: Mapping[str, bytes],
    support: Collection[str],
    aliases: Sequence[str],
    forbidden: Collection[str],
) -> Collection[str]:
    """Read the files that declared ones import or run; returns where they lie in the upload."""
    chosen = [path for path in (*selection.chosen.values(), selection.whole) if path is not None]
    others = [path for path in material if path.endswith(".py") and path not in chosen and _base(path) not in support]
    if not others or not reading.facts:
        return ()

    def read_imports(name: str, path: str) -> list[dict[str, Any]] | None:
        try:
            source = decode_source(material[path], name)
            facts = file_facts([source], name)
        except Refusal as refusal:
            reading.notes.append(f"{refusal}.")
            return None
        reading.helpers[name], reading.facts[name] = source, facts
        return list(facts["imports"])

    run = {path: _base(path) for path in others if _base(path) in _run_names(reading)}
    for path, name in run.items():
        read_imports(name, path)
    shelf = Shelf(others, chosen, aliases, forbidden)
    found = collect(shelf, {name: facts["imports"] for name, facts in reading.facts.items()}, read_imports)
    reading.notes += found.notes
    return {*found.paths.values(), *run}


def _run_names(reading: _Reading) -> set[str]:
    """Return the names of the files that ``%run`` runs."""
    sources = [
        source for content in reading.files.values() for source in ([content] if isinstance(content, str) else content)
    ]
    return {name for source in sources for name in run_targets(source)}


# unpacking --------------------------------------------------------------------------------------------------


def _unpack_all(files: Mapping[str, bytes], notes: list[str]) -> dict[str, bytes]:
    """Open archives until there are sources; debris is dropped at every level."""
    allowance = Allowance()
    material = dict(files)
    for _ in range(MAX_ARCHIVE_DEPTH):
        sources, archives = _part(material, notes)
        if sources or not archives:
            break
        material = _unpack_only(archives, allowance, notes)
    else:
        sources, archives = _part(material, notes)
        if archives and not sources:
            raise Refusal(f"{listed(list(archives))}: archives inside archives inside archives are not opened")
    if archives:
        notes.append(f"Archives beside sources are not opened: {listed(list(archives))}.")
    return sources


def _part(material: Mapping[str, bytes], notes: list[str]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    archives = [path for path in material if is_archive(path) and not path.rpartition("/")[2].startswith(".")]
    kept, dropped = drop_debris([path for path in material if path not in set(archives)])
    notes += drop_notes(dropped)
    return {path: material[path] for path in kept}, {path: material[path] for path in archives}


def _unpack_only(archives: Mapping[str, bytes], allowance: Allowance, notes: list[str]) -> dict[str, bytes]:
    if len(archives) > 1:
        raise Refusal(f"{listed(list(archives))} could each be the submission; hand in one of them")
    ((path, data),) = archives.items()
    found = unpack(data, path.rpartition("/")[2], allowance)
    if found.links:
        notes.append(f"Links are not followed: {listed(found.links)}.")
    if found.skipped:
        _, dropped = drop_debris(found.skipped)
        notes += drop_notes(dropped)
    return found.files


# files ------------------------------------------------------------------------------------------------------


def _add_file(reading: _Reading, name: str, path: str, data: bytes, declared: Sequence[str]) -> Mapping[str, str]:
    """Read what stands for a declared file; returns the helper files that a notebook writes."""
    reading.titles[name] = _title(path)
    try:
        if path.lower().endswith(".ipynb") or _is_disguised_notebook(data):
            notebook = read_notebook(data, _title(path), declared)
            _add_notebook(reading, notebook, name)
            return notebook.helpers
        reading.files[name] = decode_source(data, _title(path))
    except Refusal as refusal:
        if len(declared) == 1 and path.lower().endswith(".ipynb"):
            raise  # what a notebook of another name leads to
        reading.failed[name] = f"{refusal}."
    return {}


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _title(path: str) -> str:
    """How messages call a file that a student has named."""
    name = path.rpartition("/")[2]
    return name if name.isprintable() and len(name) <= SHOWN_CHARS else shown(name)


def _is_disguised_notebook(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"nbformat"' in data


def _add_notebook(reading: _Reading, notebook: Notebook, name: str) -> None:
    """Let a notebook stand for one declared file, and write those of its files that were not handed in."""
    reading.notes += notebook.notes
    for target, text in notebook.written.items():
        if target == name or not (target in reading.files or target in reading.failed):
            _write(reading, target, text)
    if name not in notebook.written:
        reading.files[name] = notebook.cells


def _add_whole(reading: _Reading, notebook: Notebook, path: str, declared: Sequence[str]) -> None:
    """Let a notebook stand for every declared file: its cells are loaded as the first one that it does not write."""
    left = [name for name in declared if name not in notebook.written]
    if left and notebook.has_code:
        _add_notebook(reading, notebook, left[0])
        reading.titles[left[0]] = path
        return
    reading.notes += notebook.notes
    for target, text in notebook.written.items():
        _write(reading, target, text)
    if notebook.has_code:
        reading.notes.append(f"{path}: other cells are not run, since the notebook writes every declared file.")


def _write(reading: _Reading, name: str, text: str) -> None:
    try:
        reading.files[name] = decode_source(text.encode(), name)
    except Refusal as refusal:
        reading.failed[name] = f"{refusal}."


# facts ------------------------------------------------------------------------------------------------------


def _add_facts(reading: _Reading, name: str) -> None:
    content = reading.files[name]
    try:
        if isinstance(content, str):
            _add_source_facts(reading, name, content)
        else:
            _add_notebook_facts(reading, name, content)
    except Refusal as refusal:
        del reading.files[name]
        reading.failed[name] = f"{refusal}."


def _add_source_facts(reading: _Reading, name: str, source: str) -> None:
    reading.facts[name] = facts = file_facts([source], name)
    if not facts["errors"]:
        return
    translation = translate(source)  # a script that is no Python because of notebook commands
    if translation.is_changed and len(translation.source.encode()) <= MAX_SOURCE_BYTES:
        facts = file_facts([translation.source], name)
        if not facts["errors"]:
            reading.files[name], reading.facts[name] = translation.source, facts
            reading.notes += effect_notes(translation.commands, reading.titles.get(name, name))


def _add_notebook_facts(reading: _Reading, name: str, cells: list[str]) -> None:
    reading.facts[name] = file_facts(cells, name, is_notebook=True)


# serving ----------------------------------------------------------------------------------------------------


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one request of the station."""
    reading = read(
        request["files"],
        request["declared"],
        request.get("support", ()),
        request.get("shipped", {}),
        aliases=request.get("aliases", ()),
        forbidden=request.get("forbidden", ()),
    )
    statements: dict[str, list[list[bool]]] = {}
    code: dict[str, list[bytes]] = {}
    for name, content in {**reading["files"], **reading["helpers"]}.items():
        compiled = _compile(source_file(name, content, title=reading["titles"].get(name, "")))
        statements[name] = [[one.is_import or one.is_definition for one in cell or ()] for cell in compiled]
        code[name] = [b"" if cell is None else freeze(cell) for cell in compiled]
    return {"ok": {**reading, "statements": statements}, "code": code}


def _compile(file: SourceFile) -> list[list[Statement] | None]:
    """Compile the cells of a file for its candidates; one that cannot be compiled, None, tells when it is loaded."""
    try:
        return [None if isinstance(cell, SyntaxError) else cell for cell in file.statements()]
    except (Exception, RecursionError, MemoryError):  # noqa: BLE001  # nothing of an upload may end the reader
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
    request = channel.recv()
    assert isinstance(request, dict)
    reply = answer(request)
    try:
        channel.send(reply)
    except WireError:
        channel.send({"ok": _too_complex()})


def _too_complex() -> dict[str, Any]:
    reading = _Reading()
    reading.refuse("The submission is too complex to read")
    return vars(reading)
