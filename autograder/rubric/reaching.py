"""Finds the code of a submission that a function runs: what it mentions, directly or through others."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.inside.reading.helpers import OPTIONAL_PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from autograder.course.facts import DefinitionFacts, SourceFacts, Use

MAX_STEPS = 8  # from file to file for one name

#: No file of a submission is imported under one of these names.
_PACKAGES = OPTIONAL_PACKAGES | sys.stdlib_module_names | {"numpy"}


@dataclass(frozen=True, slots=True)
class Reached:
    """A piece of code, and the function of the rule that leads to it."""

    piece: DefinitionFacts
    root: str


class Paths:
    """The ways from the functions of a submission to others."""

    def __init__(self, facts: SourceFacts) -> None:
        self._facts = facts
        self._pieces = (*facts.definitions, *facts.modules)
        self._named: dict[tuple[str, str], list[DefinitionFacts]] = defaultdict(list)
        self._methods: dict[str, list[DefinitionFacts]] = defaultdict(list)
        self._inner: dict[tuple[str, int], list[DefinitionFacts]] = defaultdict(list)
        self._binding: dict[tuple[str, str], list[DefinitionFacts]] = defaultdict(list)
        classes = {(one.file, one.number) for one in facts.definitions if one.is_class}
        for one in facts.definitions:
            self._named[one.file, one.qualname].append(one)
            if one.parent is not None:
                self._inner[one.file, one.parent].append(one)
                if (one.file, one.parent) in classes:
                    self._methods[one.qualname.rpartition(".")[2]].append(one)
        for one in facts.modules:
            for name in one.binds:
                self._binding[one.file, name].append(one)
        self._files: dict[str, str] = {}
        for file in (*facts.exports, *dict.fromkeys(one.file for one in self._pieces)):
            module = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            self._files.setdefault(module, file)
            self._files.setdefault(module.rpartition(".")[2], file)

    def reach(self, *qualnames: str) -> tuple[Reached, ...]:
        """Return the named functions and classes, and all code that they lead to, in the order of the source.

        Parameters
        ----------
        qualnames
            Of functions and classes; a name may also be bound, or bound again, by top-level code.
        """
        found: dict[int, Reached] = {}
        waiting: list[Reached] = []

        def add(pieces: Iterable[DefinitionFacts], root: str) -> None:
            fresh = [Reached(piece, root) for piece in pieces if id(piece) not in found]
            found.update((id(one.piece), one) for one in fresh)
            waiting.extend(fresh)

        for name in qualnames:
            add((inner for one in self._roots(name) for inner in self._whole(one)), name)
            while waiting:
                one = waiting.pop()
                for use in one.piece.uses:
                    add(self._targets(one.piece.file, use), one.root)
        return tuple(found[id(piece)] for piece in self._pieces if id(piece) in found)

    def is_known(self, qualname: str) -> bool:
        """Return True if something in the submission binds a name."""
        return bool(self._roots(qualname))

    def meanings(self, file: str, thing: str) -> list[tuple[str, str]]:
        """Follow a thing into other files of the submission.

        Returns
        -------
        list
            For each thing that it stands for, the file that binds it; an empty one for what no file does.
        """
        found: list[tuple[str, str]] = []
        waiting = [(file, thing)]
        for _ in range(MAX_STEPS):
            if not waiting:
                break
            here, one = waiting.pop()
            shadows = list(self._shadows(here, one))
            if shadows:
                waiting += shadows
                continue
            home = None if one.startswith(("@", "?")) else self._home(one)
            if home is None:
                found.append((here if one.startswith("@") else "", one))
                continue
            other, rest = home
            if rest:
                waiting += [(other, meaning) for meaning in self._exported(other, rest)]
        return found

    def _shadows(self, file: str, name: str) -> Iterator[tuple[str, str]]:
        """Find what a builtin's name stands for in a file that imports everything of another one."""
        for star in self._facts.stars.get(file, ()) if name.isidentifier() else ():
            home = self._home(star)
            if home is not None and not home[1] and self._binds(home[0], name):
                yield from ((home[0], meaning) for meaning in self._exported(home[0], [name]))

    def _binds(self, file: str, name: str) -> bool:
        return (file, name) in self._named or (file, name) in self._binding or name in self._facts.exports.get(file, ())

    def _home(self, thing: str) -> tuple[str, Sequence[str]] | None:
        """Return the file of the submission from which a thing was imported, and its name there."""
        is_relative = thing.startswith(".")
        parts = thing.lstrip(".").split(".")
        if not is_relative and parts[0] in _PACKAGES:
            return None
        for count in range(len(parts), 0, -1):
            file = self._files.get(".".join(parts[:count])) or self._files.get(parts[count - 1])
            if file is not None:
                return file, parts[count:]
        return ("", parts) if is_relative else None

    def _exported(self, file: str, parts: Sequence[str]) -> Iterator[str]:
        """Find what a name of a file stands for: what it imported itself, or what it defines."""
        name, *rest = parts
        exports = self._facts.exports.get(file, {})
        is_defined = (file, name) in self._named or (file, name) in self._binding
        if name in exports:
            yield from (".".join((thing, *rest)) for thing in exports[name])
        elif not is_defined:
            yield from (".".join((star, *parts)) for star in self._facts.stars.get(file, ()))
        if is_defined:
            if (file, ".".join(parts)) not in self._named and (file, name) in self._binding and rest:
                yield f"?.{'.'.join(rest)}"
            yield f"@{'.'.join(parts)}"

    def _roots(self, qualname: str) -> list[DefinitionFacts]:
        found = [one for one in self._facts.definitions if one.qualname == qualname]
        return found + [one for one in self._facts.modules if qualname in one.binds]

    def _whole(self, piece: DefinitionFacts) -> list[DefinitionFacts]:
        """Return a piece with everything that is defined in it."""
        found = [piece]
        for one in found:  # grows meanwhile
            found += self._inner.get((one.file, one.number), ()) if one.qualname else ()
        return found

    def _targets(self, file: str, use: Use) -> Iterator[DefinitionFacts]:
        """Find the pieces of code to which a mention leads."""
        for home, thing in self.meanings(file, use.thing):
            if thing.startswith("?"):
                for name in thing.split(".")[1:]:
                    yield from (inner for one in self._methods.get(name, ()) for inner in self._whole(one))
            elif thing.startswith("@"):
                yield from self._defined(home, thing[1:])

    def _defined(self, file: str, name: str) -> Iterator[DefinitionFacts]:
        yield from self._binding.get((file, name), ())
        for one in self._named.get((file, name), ()):
            if one.is_class:
                yield from self._made(one)
            else:
                yield from self._whole(one)
        outer, _, last = name.rpartition(".")
        if outer and (file, name) not in self._named:  # an attribute that the class's own lines give a value
            yield from self._named.get((file, outer), ())
            yield from self._methods.get(last, ())

    def _made(self, piece: DefinitionFacts) -> Iterator[DefinitionFacts]:
        """Find what runs when a class is used: other methods are mentioned where they are called.

        But those of a class with a foreign base, such as Keras' layers, are called from there.
        """
        yield piece
        for one in self._inner.get((piece.file, piece.number), ()):
            last = one.qualname.rpartition(".")[2]
            if piece.is_foreign or (last.startswith("__") and last.endswith("__")):
                yield from self._whole(one)
