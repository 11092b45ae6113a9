"""The scopes of a source, as in Python.

They also tell the things for which names stand.

A *thing* is written

* ``numpy.linalg.inv`` if it was imported, ``map`` if it is a builtin (or bound
  nowhere), ``.layers.conv`` if it came by a relative import;
* ``@conv`` or ``@Net.step`` if the file itself binds it: a function, a class, a method, a variable;
* ``?.conv`` if it is an attribute of something unknown: of a parameter, of an object,
  of what a call returned.

Local names are no things. Where a name has several values, it stands for each of them.
"""

from __future__ import annotations

import builtins
import enum
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.inside.reading.syntax.trees import MAX_CHAIN, MAX_NAME_CHARS

MAX_VALUES = 8  # that one name may have
MAX_STEPS = 16  # names that are followed for one use
MAX_STARS = 4
MAX_THING_CHARS = 2 * MAX_CHAIN * MAX_NAME_CHARS

_BUILTINS = frozenset(dir(builtins))
_MODULE = 0  # the scope of every cell of a file


class ScopeKind(enum.Enum):
    """Kinds of scopes."""

    MODULE = enum.auto()
    CLASS = enum.auto()
    FUNCTION = enum.auto()
    COMPREHENSION = enum.auto()


@dataclass(frozen=True, slots=True)
class Chain:
    """An expression such as ``a.b.c``.

    It is looked up when all names are known.

    Attributes
    ----------
    root
        Name that it begins with; empty if it begins with something unknown.
    attributes
        What follows the root.
    scope
        Number of the scope in which it stands.
    is_module
        True if the root is the dotted name of an import.
    instance_attributes
        What follows a call of all before, so that ``Net().step`` is found; None if there is no
        call.
    """

    root: str
    attributes: tuple[str, ...] = ()
    scope: int = _MODULE
    is_module: bool = False
    instance_attributes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Definition:
    """A value that a name has by ``def`` or ``class``."""

    qualname: str
    class_scope: int | None


@dataclass(frozen=True, slots=True)
class _Self:
    """The first parameter of a method."""

    class_scope: int


_UNKNOWN = Chain("")
_Value = Chain | _Definition | _Self


@dataclass(frozen=True, slots=True)
class _Thing:
    """The meaning of a part of a chain.

    It is something imported, defined here, or unknown.

    Attributes
    ----------
    text
        As the module's docstring writes it; empty for something local.
    class_scope
        Number of the scope of a class of this file, whose attributes are known.
    """

    text: str = ""
    class_scope: int | None = None

    @property
    def is_imported(self) -> bool:
        return self.text[:1] not in ("@", "?", "")


class _Values:
    """The values of one name in one scope."""

    __slots__ = ("all", "is_settled", "last")

    def __init__(self) -> None:
        self.all: list[_Value] = []
        self.last: list[_Value] = []
        self.is_settled = False

    def add(self, value: _Value, *, replaces: bool) -> None:
        """Add a value.

        One that replaces the others is the only one for code that runs later.
        """
        if replaces:
            self.last = []
            self.is_settled = True
        for values in (self.all, self.last):
            if len(values) < MAX_VALUES and value not in values:
                values.append(value)


@dataclass(slots=True)
class Scope:
    """One scope of a file."""

    kind: ScopeKind
    parent: int
    qualname: str = ""
    values: dict[str, _Values] = field(default_factory=dict)
    # of instances of a class, by `self.x = ...`
    attributes: dict[str, _Values] = field(default_factory=dict)
    bases: list[Chain] = field(default_factory=list)
    outer_names: dict[str, bool] = field(default_factory=dict)  # True if global, False if nonlocal
    self_name: str = ""


class Scopes:
    """The scopes of one file.

    They are filled while the file's trees are walked, and asked afterwards.
    """

    def __init__(self) -> None:
        self._scopes = [Scope(ScopeKind.MODULE, -1)]
        self._stars: list[str] = []
        self.members: set[str] = set()

    # filling --------------------------------------------------------------------------------------

    def open(self, kind: ScopeKind, parent: int, qualname: str = "") -> int:
        """Open a scope in another one, and return its number."""
        self._scopes.append(Scope(kind, parent, qualname))
        return len(self._scopes) - 1

    def bind(
        self, name: str, scope: int, value: _Value = _UNKNOWN, *, is_plain: bool = False
    ) -> bool:
        """Bind a name, and return True if it is the module's.

        Parameters
        ----------
        is_plain
            True for a statement that stands in no branch and no loop.
        """
        name = name[:MAX_NAME_CHARS]
        here = self._binding_scope(name, scope)
        found = self._scopes[here]
        if found.kind is ScopeKind.CLASS:
            self.members.add(name)
        values = found.values.setdefault(name, _Values())
        values.add(value, replaces=is_plain and here == scope == _MODULE)
        return here == _MODULE

    def bind_walrus(self, name: str, scope: int) -> bool:
        """Bind a name by a walrus operator.

        Comprehensions leave the name to the scope around them.
        """
        while self._scopes[scope].kind is ScopeKind.COMPREHENSION:
            scope = self._scopes[scope].parent
        return self.bind(name, scope)

    def bind_definition(
        self,
        name: str,
        scope: int,
        qualname: str,
        class_scope: int | None,
        *,
        is_plain: bool = False,
    ) -> bool:
        """Bind a name by ``def`` or ``class``."""
        return self.bind(name, scope, _Definition(qualname, class_scope), is_plain=is_plain)

    def bind_self(self, name: str, scope: int) -> None:
        """Bind the first parameter of a method."""
        self._scopes[scope].self_name = name[:MAX_NAME_CHARS]
        self.bind(name, scope, _Self(self._scopes[scope].parent))

    def bind_attribute(self, owner: str, name: str, scope: int, value: Chain = _UNKNOWN) -> None:
        """Bind an attribute of an owner.

        The owner is the instance of a class if it is called as in the class's methods.
        """
        name = name[:MAX_NAME_CHARS]
        self.members.add(name)
        while owner and scope > _MODULE:
            here = self._scopes[scope]
            if here.self_name == owner[:MAX_NAME_CHARS]:
                attributes = self._scopes[here.parent].attributes
                attributes.setdefault(name, _Values()).add(value, replaces=False)
                return
            scope = here.parent

    def add_star(self, module: str) -> None:
        """Note that everything of a module was imported."""
        if module not in self._stars and len(self._stars) < MAX_STARS:
            self._stars.append(module[:MAX_NAME_CHARS])

    def add_bases(self, scope: int, bases: Iterable[Chain | None]) -> None:
        """Note the bases of a class.

        None is one that is no dotted name.
        """
        self._scopes[scope].bases = [base or _UNKNOWN for base in bases][:MAX_VALUES]

    def declare(self, names: Iterable[str], scope: int, *, is_global: bool) -> None:
        """Note a ``global`` or ``nonlocal`` statement."""
        self._scopes[scope].outer_names.update(
            dict.fromkeys((name[:MAX_NAME_CHARS] for name in names), is_global)
        )

    def kind(self, scope: int) -> ScopeKind:
        """Return the kind of a scope."""
        return self._scopes[scope].kind

    def has_foreign_base(self, scope: int) -> bool:
        """Return True for a class with a base outside this file."""
        things = (self._things(base, set()) for base in self._scopes[scope].bases)
        return any(
            thing.class_scope is None and thing.text != "object"
            for found in things
            for thing in found
        )

    def _binding_scope(self, name: str, scope: int) -> int:
        declared = self._scopes[scope].outer_names.get(name)
        if declared is None:
            return scope
        if declared:
            return _MODULE
        outer = [one for one in self._around(scope) if self._scopes[one].kind is ScopeKind.FUNCTION]
        return next(
            (one for one in outer if name in self._scopes[one].values), outer[0] if outer else scope
        )

    def _around(self, scope: int) -> Iterator[int]:
        while (scope := self._scopes[scope].parent) >= _MODULE:
            yield scope

    # asking ---------------------------------------------------------------------------------------

    def things(self, chain: Chain) -> list[str]:
        """Return every possible meaning of a chain.

        The name of the module with which it begins is among them.
        """
        found = self._things(chain, set())
        texts = [thing.text for thing in found if thing.text]
        is_followed = bool(found) and all(thing.is_imported for thing in found)
        if chain.root and not is_followed and self._find(chain.root, chain.scope) == _MODULE:
            texts.append(f"@{chain.root}")
        return list(dict.fromkeys(text[:MAX_THING_CHARS] for text in texts))

    def imported(self) -> Mapping[str, list[str]]:
        """Return the meanings of the module's imported names.

        They are for files that import these names from here.
        """
        rows: dict[str, list[str]] = {}
        for name in self._scopes[_MODULE].values:
            # As code that runs later sees them.
            found = [
                one.text
                for one in self._values_of(name, _MODULE, set(), is_late=True)
                if one.is_imported
            ]
            if found:
                rows[name] = list(dict.fromkeys(text[:MAX_THING_CHARS] for text in found))
        return rows

    @property
    def stars(self) -> Sequence[str]:
        """Modules of which everything was imported."""
        return self._stars

    def _find(self, name: str, scope: int) -> int | None:
        """Return the scope that binds a name, by Python's rules.

        The name is used by code in a scope.
        """
        here, is_first = scope, True
        while here >= _MODULE:
            found = self._scopes[here]
            declared = found.outer_names.get(name)
            if declared:
                return _MODULE if name in self._scopes[_MODULE].values else None
            is_visible = is_first or found.kind is not ScopeKind.CLASS
            if declared is None and is_visible and name in found.values:
                return here
            here, is_first = found.parent, False
        return None

    def _things(self, chain: Chain, seen: set[tuple[int, str]]) -> list[_Thing]:
        if chain.is_module:
            found = [_Thing(chain.root)]
        elif not chain.root:
            found = [_Thing("")]
        else:
            found = self._root(chain.root, chain.scope, seen)
        found = self._follow(found, chain.attributes, seen)
        if chain.instance_attributes is None:
            return found
        instances = [one if one.class_scope is not None else _Thing() for one in found]
        return self._follow(instances, chain.instance_attributes, seen)

    def _root(self, name: str, scope: int, seen: set[tuple[int, str]]) -> list[_Thing]:
        here = self._find(name, scope)
        if here is not None:
            is_late = any(
                self._scopes[one].kind is ScopeKind.FUNCTION
                for one in (scope, *self._around(scope))
            )
            return self._values_of(name, here, seen, is_late=is_late)
        if name in _BUILTINS:
            return [_Thing(name)]
        return [_Thing(f"{star}.{name}") for star in self._stars if _may_define(star, name)] or [
            _Thing(name)
        ]

    def _values_of(
        self, name: str, scope: int, seen: set[tuple[int, str]], *, is_late: bool
    ) -> list[_Thing]:
        values = self._scopes[scope].values[name]
        found = self._all(values.last if is_late else values.all, (scope, name), seen)
        if scope != _MODULE:
            return [
                one if one.text[:1] != "@" or one.class_scope is not None else _Thing()
                for one in found
            ]
        if name in _BUILTINS and not values.is_settled:
            found.append(_Thing(name))  # until the branch is taken that binds it
        return [one if one.text else _Thing(f"@{name}") for one in found]

    def _all(
        self, values: Iterable[_Value], key: tuple[int, str], seen: set[tuple[int, str]]
    ) -> list[_Thing]:
        if key in seen or len(seen) >= MAX_STEPS:
            return []
        seen.add(key)
        found: dict[_Thing, None] = {}
        for value in values:
            if isinstance(value, _Self):
                found[_Thing("", value.class_scope)] = None
            elif isinstance(value, _Definition):
                found[_Thing(f"@{value.qualname}", value.class_scope)] = None
            else:
                found.update(dict.fromkeys(self._things(value, seen)))
        return list(found)[:MAX_VALUES]

    def _follow(
        self, things: list[_Thing], attributes: Sequence[str], seen: set[tuple[int, str]]
    ) -> list[_Thing]:
        for attribute in attributes:
            things = list(
                dict.fromkeys(two for one in things for two in self._step(one, attribute, seen))
            )[:MAX_VALUES]
        return things

    def _step(self, thing: _Thing, attribute: str, seen: set[tuple[int, str]]) -> list[_Thing]:
        if thing.class_scope is not None:
            return self._attribute(thing.class_scope, attribute, seen)
        if thing.is_imported or thing.text[:1] == "?":
            return [_Thing(f"{thing.text}.{attribute}")]
        return [_Thing(f"?.{attribute}")]

    def _attribute(self, scope: int, name: str, seen: set[tuple[int, str]]) -> list[_Thing]:
        """Look up an attribute in a class and its bases."""
        here = self._scopes[scope]
        tables = [table[name] for table in (here.values, here.attributes) if name in table]
        if tables:
            found = self._all(
                (value for table in tables for value in table.all), (scope, f".{name}"), seen
            )
            return [one if one.text else _Thing(f"@{here.qualname}.{name}") for one in found]
        key = (scope, f"..{name}")
        if key in seen or len(seen) >= MAX_STEPS:
            return []
        seen.add(key)
        bases = (one.class_scope for base in here.bases for one in self._things(base, seen))
        found = [
            two for one in bases if one is not None for two in self._attribute(one, name, seen)
        ]
        return found[:MAX_VALUES] or [_Thing(f"?.{name}")]


def _may_define(module: str, name: str) -> bool:
    """Return False if a known module lacks a name.

    Everything of the module was imported.
    """
    known = sys.modules.get(module)  # nothing of a submission was imported into this process
    return known is None or name in vars(known)
