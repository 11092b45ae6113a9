"""Rules about names that a submission must not use [FORB].

The facts come from the syntax tree, read in the sandbox. A rule is about things, not
about words: each name is looked up in its scope as Python does it, imports and simple
assignments are followed, and what the submission itself defines is no library's thing,
whatever it is called. What a program computes (``getattr(np, "vec" + "torize")``) no
rule of the source finds: rest few points on these, beside a check of what the function
does.
"""

from __future__ import annotations

import builtins
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from autograder.inside.loading.looking import is_within
from autograder.inside.reading.helpers import OPTIONAL_PACKAGES
from autograder.inside.reading.suspicion import C_ITERATION
from autograder.rubric import wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import CheckFailed, counted_check, note

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from autograder.course.facts import DefinitionFacts, ImportFact, SourceFacts, Use


MAX_STEPS = 8  # from file to file for one name

#: No file of a submission is imported under one of these names.
_PACKAGES = OPTIONAL_PACKAGES | sys.stdlib_module_names | {"numpy"}


@dataclass(frozen=True, slots=True)
class Reached:
    """A piece of code, and the function that leads to it."""

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
        """Return the named definitions, and all code that they lead to.

        These are functions and classes, in the order of the source.

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
            For each thing that it stands for, the file that binds it; an empty one for
            what no file does.
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
        """Find what a builtin's name stands for in a file.

        The file imports everything of another one.
        """
        for star in self._facts.stars.get(file, ()) if name.isidentifier() else ():
            home = self._home(star)
            if home is not None and not home[1] and self._binds(home[0], name):
                yield from ((home[0], meaning) for meaning in self._exported(home[0], [name]))

    def _binds(self, file: str, name: str) -> bool:
        return (
            (file, name) in self._named
            or (file, name) in self._binding
            or name in self._facts.exports.get(file, ())
        )

    def _home(self, thing: str) -> tuple[str, Sequence[str]] | None:
        """Return the submission's file that a thing comes from, and its name there."""
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
        """Find the meaning of a file's name, imported or defined there."""
        name, *rest = parts
        exports = self._facts.exports.get(file, {})
        is_defined = (file, name) in self._named or (file, name) in self._binding
        if name in exports:
            yield from (".".join((thing, *rest)) for thing in exports[name])
        elif not is_defined:
            yield from (".".join((star, *parts)) for star in self._facts.stars.get(file, ()))
        if is_defined:
            if (
                (file, ".".join(parts)) not in self._named
                and (file, name) in self._binding
                and rest
            ):
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
                    yield from (
                        inner for one in self._methods.get(name, ()) for inner in self._whole(one)
                    )
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
        if (
            outer and (file, name) not in self._named
        ):  # an attribute that the class's own lines give a value
            yield from self._named.get((file, outer), ())
            yield from self._methods.get(last, ())

    def _made(self, piece: DefinitionFacts) -> Iterator[DefinitionFacts]:
        """Find the methods that run when a class is used.

        Other methods are mentioned where they are called.

        But those of a class with a foreign base, such as Keras' layers, are called from there.
        """
        yield piece
        for one in self._inner.get((piece.file, piece.number), ()):
            last = one.qualname.rpartition(".")[2]
            if piece.is_foreign or (last.startswith("__") and last.endswith("__")):
                yield from self._whole(one)


@counted_check
@takes(
    submission=wanted.SUBMISSION,
    names=wanted.RULES,
    modules=wanted.RULES,
    functions=wanted.RULES,
    c_loops=wanted.FLAG,
)
def assert_avoids(
    submission: Any,
    *,
    names: Collection[str] = (),
    modules: Collection[str] = (),
    functions: Sequence[str] = (),
    c_loops: bool = False,
) -> None:
    """Check that functions of the submission do not use something [FORB].

    What they call of it must not, either. A function leads to the functions, methods
    and classes that it mentions, in other files of the submission, too, and to the
    top-level statements that give a value to a name which it uses:
    ``vec = np.vectorize(f)`` is used by a function that says ``vec``. Other top-level
    code does not count, since students try things out in it. Without `functions`, or if
    the submission binds one of them nowhere, everything counts.

    Parameters
    ----------
    submission
        The fixture.
    names
        What must not be used:

        * ``"numpy.einsum"`` for one thing, under whatever name it was imported or
          assigned, and for what it has (``numpy.add`` finds ``np.add.reduce``);
        * ``"scipy.signal.*"`` for all of a module;
        * ``"*.solve"`` for a thing of this name of any library, and for an attribute of
          this name of something unknown, such as a parameter; unless the submission
          itself gives something an attribute of this name (by a method, or ``self.solve
          = ...``), which is then meant. ``"*.conv*"`` is about all names that begin so;
        * ``"map"`` for the builtin, wherever the name is not bound to something else,
          and for a thing of this name of any library; one that is no builtin,
          ``"affine_forward"``, also for the function or class of this name that the
          submission defines;
        * ``"Net.forward"`` for a method that the submission defines.
    modules
        Packages or modules that must not be used, with all that is in them.
    functions
        The functions (or ``Class.method``) that the rule is about; all of them by default.
    c_loops
        True to forbid iteration inside C, too: ``map``, ``filter``,
        ``numpy.vectorize``, ``itertools`` and the like, which `assert_vectorised`
        cannot see.

    Raises
    ------
    CheckFailed
        Of kind "source", with the function, the word, its file and line.
    CourseError
        If there is no rule.

    Examples
    --------
    ::

        assert_avoids(submission, functions=["conv_forward_im2col"], modules=["scipy"],
        c_loops=True)
    """
    if not names and not modules and not c_loops:
        raise refuse("assert_avoids", "one of names, modules and c_loops must be given, got none")
    facts = source_facts(submission)
    if facts is None:
        note("rules about the source were not checked here")
        return
    paths = Paths(facts)
    rules = _Rules(paths, facts.members, names, modules, c_loops=c_loops)
    code = _code(paths, facts, functions)
    for one in code:
        for use in sorted(one.piece.uses, key=lambda use: use.line):
            thing = rules.find(one.piece.file, use.thing)
            if thing is not None:
                is_plain = thing in (use.word, f"@{use.word}") or thing.startswith(("@", "?"))
                what = "which is" if is_plain else f"which is {thing} and"
                raise CheckFailed(
                    f"{_who(one, use.line)} uses {use.word}, {what} not allowed here.", "source"
                )
    for row in _imports(facts, code):
        if rules.is_module_forbidden(row.module):
            place = _place(row.file, row.line, row.cell)
            raise CheckFailed(f"{place} imports {row.module}, which is not allowed here.", "source")


def source_facts(submission: Any) -> SourceFacts | None:
    """Return the facts about a submission's source, or None for trusted code."""
    facts: SourceFacts | None = submission.facts
    if not isinstance(facts, Mapping):
        return facts
    # pydantic comes with it
    from autograder.course.facts import SourceFacts as Parsed  # noqa: PLC0415

    return Parsed.from_wire(facts)


def _code(paths: Paths, facts: SourceFacts, functions: Sequence[str]) -> Sequence[Reached]:
    """Return what a rule looks at."""
    if not functions or not all(map(paths.is_known, functions)):
        return [Reached(piece, "") for piece in (*facts.definitions, *facts.modules)]
    return paths.reach(*functions)


def _imports(facts: SourceFacts, code: Sequence[Reached]) -> Iterator[ImportFact]:
    """Yield the imports inside the functions that a rule looks at."""
    inside = {(one.piece.file, one.piece.qualname) for one in code if one.piece.qualname}
    yield from (one for one in facts.imports if (one.file, one.function) in inside)


class _Rules:
    """The forbidden names, modules and loops."""

    def __init__(
        self,
        paths: Paths,
        members: Collection[str],
        names: Collection[str],
        modules: Collection[str],
        *,
        c_loops: bool,
    ) -> None:
        self._paths = paths
        self._members = members
        self._names = [_canonical(name) for name in names]
        self._modules = [_canonical(module) for module in modules]
        self._loops = sorted(C_ITERATION) if c_loops else []

    def find(self, file: str, thing: str) -> str | None:
        """Return what a thing is if it is forbidden."""
        for home, meaning in self._paths.meanings(file, thing):
            if self._is_forbidden(home, meaning):
                return meaning
        return None

    def is_module_forbidden(self, module: str) -> bool:
        """Return True for a module in one of the forbidden ones."""
        return any(is_within(_canonical(module), one) for one in self._modules)

    def _is_forbidden(self, home: str, thing: str) -> bool:
        rules = (*self._names, *self._loops)
        if thing.startswith("@"):
            return any(_is_own(home, thing[1:], rule) for rule in self._names)
        if thing.startswith("?"):
            unknown = [name for name in thing.split(".")[1:] if name not in self._members]
            return any(rule.startswith("*.") and _is_among(unknown, rule) for rule in rules)
        name = _canonical(thing)
        return self.is_module_forbidden(name) or any(_is_foreign(name, rule) for rule in rules)


def _is_own(file: str, name: str, rule: str) -> bool:
    """Return True if a rule is about what the submission itself defines."""
    module = file.removesuffix(".py").rpartition("/")[2]
    return (rule == name and not hasattr(builtins, name)) or (
        "." in rule and is_within(f"{module}.{name}", rule)
    )


def _is_foreign(name: str, rule: str) -> bool:
    """Return True if a rule is about an imported thing or a builtin."""
    first, *rest = name.split(".")
    if rule.startswith("*."):
        return _is_among(rest, rule)
    if rule.endswith(".*"):
        return name.startswith(rule[:-1])
    return is_within(name, rule) if "." in rule else rule in (first, *rest)


def _is_among(names: Collection[str], rule: str) -> bool:
    """Return True if a rule such as ``*.conv`` fits one of several names."""
    return any(fnmatchcase(name, rule[2:]) for name in names)


def _canonical(name: str) -> str:
    """Return one name for what is there under several."""
    for other, due in (("builtins.", ""), ("tensorflow.keras.", "keras."), ("tf_keras.", "keras.")):
        if name.startswith(other):
            return due + name.removeprefix(other)
    return "keras" if name in ("tensorflow.keras", "tf_keras") else name


def _who(one: Reached, line: int) -> str:
    piece = one.piece
    place = _place(piece.file, line, piece.cell)
    if not piece.qualname:
        who = f"The top level of {place}"
    else:
        outer, _, last = piece.qualname.rpartition(".<locals>.")
        who = f"{last}, inside {outer} ({place})," if outer else f"{last} ({place})"
    is_other = one.root and one.root.partition(".")[0] not in {
        piece.qualname.partition(".")[0],
        *piece.binds,
    }
    return f"{who.removesuffix(',')}, which {one.root} needs," if is_other else who


def _place(file: str, line: int, cell: int) -> str:
    return f"{file}, cell {cell}, line {line}" if cell else f"{file}, line {line}"
