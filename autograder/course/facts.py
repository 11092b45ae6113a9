"""The reader's facts about a submission, checked and frozen.

The reader met hostile input, so it is not trusted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from autograder.records.outcome import CauseKind

__all__ = [
    "DefinitionFacts",
    "Flag",
    "ImportFact",
    "LargeLiteral",
    "Reading",
    "SourceFacts",
    "Use",
    "parse_reading",
]

MAX_ROWS = 10_000
MAX_NAMES = 500_000
MAX_TEXT_CHARS = 4_000
MAX_SOURCE_CHARS = 1 << 20
MAX_CELLS = 5_000
MAX_CAUSES = 100
MAX_STATEMENTS = 300_000
UNREADABLE = "The submission cannot be read: its reader gave a malformed answer."

Content = str | tuple[str, ...]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that code mentions.

    Attributes
    ----------
    thing
        As `autograder.inside.reading.syntax.scopes` writes it: ``numpy.linalg.inv``,
        ``@helper``, ``?.step``.
    word
        How it is written: ``la.inv``.
    line
        Where it stands first, in its cell.
    """

    thing: str
    word: str
    line: int


@dataclass(frozen=True, slots=True)
class DefinitionFacts:
    """Facts about one function, class or top-level statement.

    Attributes
    ----------
    number, parent
        Of the piece in its file, and of the function or class around it, or None.
    qualname
        ``f``, ``Class.method`` or ``f.<locals>.g``; empty for top-level code.
    is_foreign
        True for a class with a base that its file does not define.
    cell
        Number of the code cell in a notebook, else 0; ``line`` counts from 1 in it.
    digest
        Of the syntax tree without docstrings, comments, annotations and formatting.
    names
        Every identifier and attribute, in inner functions, too.
    uses
        The things it mentions, without those of inner functions.
    loops, comprehensions
        How many there are, in inner functions, too.
    lines
        Lines of a function or class at the top level that hold code; empty for others and for very
        long ones.
    binds
        Names to which a top-level statement gives a value.
    answers
        How many of its literals could be answers written down.
    """

    file: str
    qualname: str
    is_class: bool
    line: int
    cell: int
    digest: str
    names: frozenset[str]
    loops: int
    comprehensions: int
    uses: tuple[Use, ...] = ()
    lines: frozenset[int] = frozenset()
    number: int = 0
    parent: int | None = None
    is_foreign: bool = False
    binds: frozenset[str] = frozenset()
    answers: int = 0


@dataclass(frozen=True, slots=True)
class ImportFact:
    """One import.

    `function` is empty at the top level, `module` is ``?`` if it is computed.
    """

    file: str
    module: str
    names: tuple[str, ...]
    line: int
    cell: int
    function: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding for staff in a submission's source.

    It costs no points.
    """

    file: str
    kind: str
    name: str
    line: int
    cell: int
    function: str


@dataclass(frozen=True, slots=True)
class LargeLiteral:
    """A long text, a huge number or a long display.

    `size` is in characters, bits or items.
    """

    file: str
    kind: str
    size: int
    line: int
    cell: int


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """Facts about the sources of a submission, or of a template.

    Attributes
    ----------
    definitions
        Functions and classes in the order of the files and their lines.
    modules
        Top-level code: the files and cells, and each statement that gives a value to names.
    errors
        Message of the first syntax error, by file.
    shapes
        Of statements, 32 bits each: what renaming leaves as it is.
    misplaced
        Where a name stands that no code defines but as the template does, as a clause: in a
        Markdown cell, commented out, in a file without use.
    members
        Names of attributes that the submission itself gives to something.
    exports
        By file, imported things by the names that other files can import from it.
    stars
        By file, modules of which everything is imported.
    """

    definitions: tuple[DefinitionFacts, ...] = ()
    modules: tuple[DefinitionFacts, ...] = ()
    imports: tuple[ImportFact, ...] = ()
    flags: tuple[Flag, ...] = ()
    literals: tuple[LargeLiteral, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    shapes: frozenset[int] = frozenset()
    misplaced: Mapping[str, str] = field(default_factory=dict)
    members: frozenset[str] = frozenset()
    exports: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    stars: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, qualname: str) -> DefinitionFacts | None:
        """Return the definition that counts.

        It is the last one of this name.
        """
        return next((one for one in reversed(self.definitions) if one.qualname == qualname), None)

    def is_untouched(self, qualname: str, template: SourceFacts) -> bool:
        """Return True if a definition is the template's.

        All definitions of the function or class have to be, since only loading tells which of
        several counts.
        """
        theirs = template.find(qualname)
        ours = [one.digest for one in self.definitions if one.qualname == qualname]
        return theirs is not None and bool(ours) and {*ours} == {theirs.digest}

    def imported_modules(self) -> frozenset[str]:
        """Modules that any file imports anywhere, as written."""
        return frozenset(one.module for one in self.imports)

    @classmethod
    def from_wire(cls, value: object) -> SourceFacts:
        """Build facts from the reader's answer.

        The answer tells of each file.

        Raises
        ------
        ValueError
            A part has the wrong type or is too large.
        """
        parts = [_file_facts(_text(name), _table(facts)) for name, facts in _table(value).items()]
        whole = cls(
            definitions=tuple(row for part in parts for row in part.definitions),
            modules=tuple(row for part in parts for row in part.modules),
            imports=tuple(row for part in parts for row in part.imports),
            flags=tuple(row for part in parts for row in part.flags),
            literals=tuple(row for part in parts for row in part.literals),
            errors={name: text for part in parts for name, text in part.errors.items()},
            shapes=frozenset().union(*(part.shapes for part in parts)),
            misplaced={name: text for part in parts for name, text in part.misplaced.items()},
            members=frozenset().union(*(part.members for part in parts)),
            exports={name: table for part in parts for name, table in part.exports.items()},
            stars={name: modules for part in parts for name, modules in part.stars.items()},
        )
        _require(sum(len(one.names) + len(one.uses) for one in whole.definitions) <= MAX_NAMES)
        return whole


@dataclass(frozen=True, slots=True)
class Reading:
    """The reader's answer about an upload.

    Attributes
    ----------
    files
        Source by declared name, or the cells of a notebook in its place: what a candidate loads.
    failed
        Why a file that was handed in cannot be read, by declared name; criteria of other files are
        graded.
    notes
        What was skipped, renamed or missing, as sentences.
    problems
        Why the submission is rejected; then there are no files.
    titles
        What the student called each file, by declared name.
    helpers
        Source of each file that a declared one imports, by path.
    packages
        Folders of the upload under whose names declared files are imported.
    statements
        Per file and cell, whether each statement is an import, a definition or a plain value.
    causes
        What staff may count over a batch: sort (`CauseKind`) and subject of each.
    """

    files: Mapping[str, Content] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    helpers: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[str, ...] = ()
    statements: Mapping[str, tuple[tuple[bool, ...], ...]] = field(default_factory=dict)
    causes: tuple[tuple[CauseKind, str], ...] = ()
    facts: SourceFacts = field(default_factory=SourceFacts)

    @property
    def digest(self) -> str:
        """SHA-256 of the loaded files.

        It is equal for two uploads that differ in packing, encoding or line ends alone.
        """
        account = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            cells = (content,) if isinstance(content, str) else (str(len(content)), *content)
            for part in (name, str(len(cells)), *cells):
                data = part.encode("utf-8", "surrogatepass")
                account.update(len(data).to_bytes(8, "little") + data)
        return account.hexdigest()


def parse_reading(answer: object, declared: Sequence[str]) -> Reading:
    """Check a reader's answer.

    A malformed answer is a problem of the submission.
    """
    try:
        table = _table(_table(answer)["ok"])
        files = {name: _content(value) for name, value in _table(table["files"]).items()}
        failed = {name: _text(value) for name, value in _table(table["failed"]).items()}
        _require({*files, *failed} <= {*declared} and not {*_table(table["helpers"])} & {*declared})
        return Reading(
            files={name: files[name] for name in declared if name in files},
            failed=failed,
            notes=_texts(table["notes"]),
            problems=_texts(table["problems"]),
            titles={
                name: _text(title)
                for name, title in _table(table["titles"]).items()
                if name in declared
            },
            helpers={
                name: _text(text, MAX_SOURCE_CHARS)
                for name, text in _table(table["helpers"]).items()
            },
            packages=tuple(map(_package, _list(table["packages"], MAX_PACKAGES))),
            statements={
                name: _statements(cells) for name, cells in _table(table["statements"]).items()
            },
            causes=tuple(map(_cause, _list(table["causes"], MAX_CAUSES))),
            facts=SourceFacts.from_wire(table["facts"]),
        )
    except (ValueError, KeyError):
        return Reading(problems=(UNREADABLE,))


MAX_PACKAGES = 100


# checking -----------------------------------------------------------------------------------------


def _require(is_right: bool) -> None:  # noqa: FBT001  # reads as a sentence
    if not is_right:
        raise ValueError("a malformed answer of the reader")


def _table(value: object) -> Mapping[str, object]:
    _require(
        isinstance(value, dict)
        and len(value) <= MAX_ROWS
        and all(isinstance(key, str) for key in value)
    )
    return value  # type: ignore[return-value]


def _text(value: object, most: int = MAX_TEXT_CHARS) -> str:
    _require(isinstance(value, str) and len(value) <= most)
    return str(value)


def _number(value: object) -> int:
    _require(isinstance(value, int) and 0 <= value < 1 << 53)
    return int(value)  # type: ignore[call-overload, no-any-return]


def _list(value: object, most: int = MAX_ROWS) -> list[object]:
    _require(isinstance(value, list) and len(value) <= most)
    return list(value)  # type: ignore[call-overload, no-any-return]


def _package(value: object) -> str:
    name = _text(value)
    _require(all(part.isidentifier() for part in name.split(".")))
    return name


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(one) for one in _list(value, MAX_NAMES))


def _content(value: object) -> Content:
    if isinstance(value, str):
        return _text(value, MAX_SOURCE_CHARS)
    cells = tuple(_text(cell, MAX_SOURCE_CHARS) for cell in _list(value, MAX_CELLS))
    _require(sum(map(len, cells)) <= 2 * MAX_SOURCE_CHARS)
    return cells


def _statements(value: object) -> tuple[tuple[bool, ...], ...]:
    cells = [_list(cell, MAX_STATEMENTS) for cell in _list(value, MAX_CELLS)]
    _require(all(type(one) is bool for cell in cells for one in cell))
    return tuple(tuple(map(bool, cell)) for cell in cells)


def _cause(value: object) -> tuple[CauseKind, str]:
    kind, subject = _list(value, 2)  # a ValueError if there are fewer
    return CauseKind(_text(kind)), _text(subject, 200)


def _rows(value: object, build: Callable[[Mapping[str, object]], Row]) -> tuple[Row, ...]:
    return tuple(build(_table(row)) for row in _list(value))


def _file_facts(file: str, facts: Mapping[str, object]) -> SourceFacts:
    return SourceFacts(
        definitions=_rows(facts["definitions"], lambda row: _definition(file, row)),
        modules=_rows(facts["module"], lambda row: _definition(file, row)),
        imports=_rows(facts["imports"], lambda row: _import(file, row)),
        flags=_rows(facts["flags"], lambda row: _flag(file, row)),
        literals=_rows(facts["literals"], lambda row: _literal(file, row)),
        errors=_errors(file, _list(facts["errors"])),
        shapes=frozenset(map(_shape, _list(facts.get("shapes", [])))),
        misplaced={name: _text(text) for name, text in _table(facts.get("misplaced", {})).items()},
        members=frozenset(_texts(facts["members"])),
        exports={file: {name: _texts(things) for name, things in _table(facts["exports"]).items()}},
        stars={file: _texts(facts["stars"])},
    )


def _shape(value: object) -> int:
    _require(isinstance(value, int) and 0 <= value < 1 << 32)
    return int(value)  # type: ignore[call-overload, no-any-return]


def _definition(file: str, row: Mapping[str, object]) -> DefinitionFacts:
    return DefinitionFacts(
        file=file,
        qualname=_text(row["qualname"]),
        is_class=bool(_number(row["is_class"])),
        line=_number(row["line"]),
        cell=_number(row["cell"]),
        digest=_text(row["digest"]),
        names=frozenset(_texts(row["names"])),
        loops=_number(row["loops"]),
        comprehensions=_number(row["comprehensions"]),
        uses=tuple(map(_use, _list(row["uses"], MAX_NAMES))),
        lines=frozenset(map(_number, _list(row["lines"]))),
        number=_number(row["number"]),
        parent=None if row["parent"] is None else _number(row["parent"]),
        is_foreign=bool(_number(row["is_foreign"])),
        binds=frozenset(_texts(row["binds"])),
        answers=_number(row["answers"]),
    )


def _use(value: object) -> Use:
    thing, word, line = _list(value, 3)  # a ValueError if there are fewer
    return Use(_text(thing), _text(word), _number(line))


def _import(file: str, row: Mapping[str, object]) -> ImportFact:
    line, cell = _number(row["line"]), _number(row["cell"])
    return ImportFact(
        file, _text(row["module"]), _texts(row["names"]), line, cell, _text(row["function"])
    )


def _flag(file: str, row: Mapping[str, object]) -> Flag:
    line, cell = _number(row["line"]), _number(row["cell"])
    return Flag(file, _text(row["kind"]), _text(row["name"]), line, cell, _text(row["function"]))


def _literal(file: str, row: Mapping[str, object]) -> LargeLiteral:
    return LargeLiteral(
        file, _text(row["kind"]), _number(row["size"]), _number(row["line"]), _number(row["cell"])
    )


def _errors(file: str, rows: Iterable[object]) -> dict[str, str]:
    for row in map(_table, rows):
        cell, line = _number(row["cell"]), _number(row["line"])
        where = f"code cell {cell}, line {line}" if cell else f"line {line}"
        return {file: f"{file}, {where}: {_text(row['message'])}"}
    return {}
