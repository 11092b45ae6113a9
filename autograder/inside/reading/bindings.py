"""Comparison of a file with its template by their bindings.

It tells a file that a student worked on from the template, by the bindings of the asked names.

Comments, docstrings, annotations and formatting make no difference; neither does the kind of the
file.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from autograder.inside.reading.decoding import EMPTY, decode_source
from autograder.inside.reading.notebook.magics import translate
from autograder.inside.reading.notebook.notebooks import read_notebook
from autograder.inside.reading.refusal import Refusal
from autograder.inside.reading.syntax.definitions import (
    bound_names,
    bound_names_by_lines,
    notebook_cells,
)
from autograder.inside.reading.syntax.facts import parse_python
from autograder.inside.reading.syntax.trees import digest_definitions

_UNPARSED = "no Python"
_STAR = re.compile(rb"\bimport\s*\(?\s*\*")
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass
class Bindings:
    """The bindings of a file at its top level.

    Attributes
    ----------
    defined
        Digests of the statements that define or assign each name.
    imported
        The same of those that import it.
    stars
        Modules of which everything is imported.
    is_unreadable
        True if the file could not be read, so that nothing is known of it.
    """

    defined: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    imported: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    stars: set[str] = field(default_factory=set)
    is_unreadable: bool = False

    def add(self, text: str, name: str) -> None:
        """Add a source, or a cell of a notebook."""
        tree = _parse(text, name)
        if tree is None:
            for bound in bound_names_by_lines(text):
                self.defined[bound].add(_UNPARSED)
            return
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and any(one.name == "*" for one in node.names):
                self.stars.add("." * node.level + (node.module or ""))
            names = set(bound_names([node]))
            if names:
                bindings = self.imported if isinstance(node, _IMPORTS) else self.defined
                digest = digest_definitions([node])[0]
                for bound in names:
                    bindings[bound].add(digest)


def _parse(text: str, name: str) -> ast.Module | None:
    for source in (text, None):
        try:
            return parse_python(translate(text).source if source is None else source, name)
        except (SyntaxError, Refusal):
            continue
    return None


def read_bindings(data: bytes, name: str, *, is_notebook: bool) -> Bindings:
    """Read the bindings of a source or a notebook."""
    found = Bindings()
    try:
        if is_notebook:
            notebook = read_notebook(data, name, ())
            texts: Iterable[str] = (*notebook.cells, *notebook.helpers.values())
        else:
            texts = [decode_source(data, name)]
    except Refusal as refusal:
        # One without any code was read, and binds nothing.
        found.is_unreadable = not (refusal.kind == EMPTY or (is_notebook and notebook_cells(data)))
        return found
    for text in texts:
        found.add(text, name)
    return found


class StudentWork:
    """The student's work in the files of an upload.

    It is the asked names that are not bound as in the template.

    Parameters
    ----------
    files
        Bytes by path.
    notebooks
        Those of them that are notebooks.
    declared
        File names that the assignment asks for.
    template
        Bytes of the template, by declared name.
    asked
        The declared file that should define each function and class that is graded, empty where
        that is not known.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        notebooks: Collection[str],
        declared: Collection[str],
        template: Mapping[str, bytes],
        asked: Mapping[str, str],
    ) -> None:
        self._files = files
        self._notebooks = notebooks
        self._read: dict[str, Bindings] = {}
        self._template = Bindings()
        homes: dict[str, str] = {}
        for name, data in template.items():
            bindings = read_bindings(data, name, is_notebook=False)
            homes |= {bound: name for bound in bindings.defined if bound not in homes}
            for ours, theirs in (
                (self._template.defined, bindings.defined),
                (self._template.imported, bindings.imported),
            ):
                for bound, digests in theirs.items():
                    ours[bound] |= digests
            self._template.stars |= bindings.stars
        only = next(iter(declared)) if len(declared) == 1 else ""
        names = {name.partition(".")[0]: home for name, home in asked.items()} or homes
        self._homes = {name: home or homes.get(name, only) for name, home in names.items()}

    @property
    def is_known(self) -> bool:
        """True if it is known which names are asked for."""
        return bool(self._homes)

    def asked_of(self, declared: str) -> frozenset[str]:
        """Return the names that a declared file should define."""
        return frozenset(name for name, home in self._homes.items() if home == declared)

    def defined(self, path: str) -> frozenset[str]:
        """Return the names that a file defines unlike the template.

        Assigned names count, too.
        """
        return frozenset(self._new(self._bindings(path).defined, self._template.defined))

    def bound(self, path: str) -> frozenset[str]:
        """Return the names that a file binds unlike the template.

        It defines, assigns or imports them.
        """
        return self.defined(path) | set(
            self._new(self._bindings(path).imported, self._template.imported)
        )

    def is_as_handed_out(self, path: str) -> bool:
        """Return True for a file with nothing but the template's definitions.

        It defines some of the asked names, all as the template does.
        """
        return not self.is_there(path) and bool(
            self._bindings(path).defined.keys() & self._homes.keys()
        )

    def is_there(self, path: str) -> bool:
        """Return True unless a file is known to be unworked.

        A file that cannot be read counts as worked on.
        """
        bindings = self._bindings(path)
        return bool(
            self.bound(path) or bindings.is_unreadable or bindings.stars - self._template.stars
        )

    def are_alike(self, paths: Iterable[str]) -> bool:
        """Return True if several files define all asked names alike."""
        found = [self._bindings(path) for path in paths]
        return (
            len(
                {
                    tuple(frozenset(one.defined.get(name, ())) for name in self._homes)
                    for one in found
                }
            )
            == 1
        )

    def _new(
        self, bindings: Mapping[str, set[str]], template: Mapping[str, set[str]]
    ) -> Iterator[str]:
        for name in self._homes:
            if bindings.get(name, set()) - template.get(name, set()):
                yield name

    def _bindings(self, path: str) -> Bindings:
        if path not in self._read:
            self._read[path] = self._bindings_of(path)
        return self._read[path]

    def _bindings_of(self, path: str) -> Bindings:
        data = self._files[path]
        is_notebook = path in self._notebooks
        is_plain = not is_notebook and data.isascii() and b"\x00" not in data
        if (
            is_plain
            and not _STAR.search(data)
            and not any(name.encode() in data for name in self._homes)
        ):
            return Bindings()  # parsing it would tell no more
        return read_bindings(data, path, is_notebook=is_notebook)
