"""The functions and classes that students have to write.

They are found by comparing a reference with its template.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Functions of which a vector is right with either sign.
_DECOMPOSITIONS = frozenset(
    {"svd", "svds", "eig", "eigh", "eigs", "eigsh", "qr", "PCA", "TruncatedSVD", "schur"}
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter without a default, and its description.

    Attributes
    ----------
    says
        Annotation and type on the first line, the description below.
    is_named
        True if it is given by name alone.
    """

    name: str
    says: str
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """A function, or a method of a class, that students write."""

    name: str
    parameters: tuple[Parameter, ...]
    node: ast.FunctionDef


@dataclass(frozen=True, slots=True)
class Target:
    """A function or class that students write partly or wholly.

    It becomes an exercise.

    Attributes
    ----------
    file
        The declared file that defines it.
    methods
        What they write of it; for a function, itself.
    made_with
        For a class, what its instances are made with.
    uses
        Other targets that it calls.
    packages
        Packages that it and what it calls need, by their top-level names.
    is_class
        True for a class.
    has_signs
        True if it, or what it calls, decomposes a matrix into vectors that are right with either
        sign.
    """

    name: str
    file: str
    summary: str
    methods: tuple[Method, ...]
    made_with: tuple[Parameter, ...] = ()
    uses: tuple[str, ...] = ()
    packages: frozenset[str] = frozenset()
    is_class: bool = False
    has_signs: bool = False

    @property
    def tested(self) -> tuple[str, ...]:
        """The names that a criterion states as tested."""
        return tuple(
            f"{self.name}.{one.name}" if self.is_class else one.name for one in self.methods
        )


def find_targets(reference: Mapping[str, str], template: Mapping[str, str]) -> tuple[Target, ...]:
    """Find the functions and classes that a template leaves open.

    Parameters
    ----------
    reference, template
        Source of each declared file.
    """
    found = [
        target for file in reference for target in _in_file(file, reference[file], template[file])
    ]
    functions = {one.name for one in found if not one.is_class}
    reach = Dependencies(reference)
    return tuple(
        replace(
            one,
            uses=tuple(sorted((reach.names_in(one.name) & functions) - {one.name})),
            packages=frozenset(reach.packages_of(one.name)),
            has_signs=not _DECOMPOSITIONS.isdisjoint(reach.called_by(one.name)),
        )
        for one in found
    )


class Dependencies:
    """Names and packages that definitions need.

    They need them by themselves or through other definitions.

    Parameters
    ----------
    sources
        Of each file; a name that two of them define is the last one's.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._named: dict[str, set[str]] = {}
        self._called: dict[str, set[str]] = {}
        self._imported: dict[str, set[str]] = {}
        for source in sources.values():
            for node in ast.parse(source).body:
                for name in _bound_by(node):
                    self._named[name] = {
                        one.id for one in ast.walk(node) if isinstance(one, ast.Name)
                    }
                    self._called[name] = set(_last_names_called(node))
                    self._imported[name] = _imports_in(node, name)

    def names_in(self, name: str) -> set[str]:
        """Return the names that a definition uses directly."""
        return self._named.get(name, set())

    def packages_of(self, name: str) -> set[str]:
        """Return the packages that a definition needs."""
        return {
            package for one in self._reached_from(name) for package in self._imported.get(one, ())
        }

    def called_by(self, name: str) -> set[str]:
        """Return the last names of a definition's calls.

        The calls of definitions that it names are among them.
        """
        return {called for one in self._reached_from(name) for called in self._called.get(one, ())}

    def _reached_from(self, name: str) -> set[str]:
        seen, waiting = {name}, [name]
        while waiting:
            more = self.names_in(waiting.pop()) - seen
            seen |= more
            waiting += more
        return seen


def _last_names_called(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, (ast.Name, ast.Attribute)):
            yield one.func.id if isinstance(one.func, ast.Name) else one.func.attr


def _bound_by(node: ast.stmt) -> set[str]:
    """Return the names that a top-level statement binds."""
    if isinstance(node, (*_Function, ast.ClassDef)):
        return {node.name}
    bound = {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    for one in ast.walk(node):
        if isinstance(one, (ast.Import, ast.ImportFrom)):
            bound |= {(alias.asname or alias.name).partition(".")[0] for alias in one.names}
        elif isinstance(one, (*_Function, ast.ClassDef)):
            bound.add(one.name)
    return bound


def _imports_in(node: ast.stmt, name: str) -> set[str]:
    """Return the packages that a statement imports.

    Of an import, these are the packages of one name.
    """
    found: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Import):
            named = [
                alias
                for alias in one.names
                if node is not one or (alias.asname or alias.name).partition(".")[0] == name
            ]
            found |= {alias.name.partition(".")[0] for alias in named}
        elif isinstance(one, ast.ImportFrom) and one.module and not one.level:
            found.add(one.module.partition(".")[0])
    return found


def imported_modules(sources: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return every imported module, with its possible submodule.

    Imports count at the top of a file or inside.

    ``from google import colab`` gives ``("google", "google.colab")``.
    """
    nodes = [node for text in sources.values() for node in ast.walk(ast.parse(text))]
    names = {
        (alias.name, alias.name)
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    return names | {
        (node.module, f"{node.module}.{alias.name}")
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        for alias in node.names
    }


def _in_file(file: str, reference: str, template: str) -> Iterator[Target]:
    shown = {
        node.name: node
        for node in ast.parse(template).body
        if isinstance(node, (*_Function, ast.ClassDef))
    }
    for node in ast.parse(reference).body:
        name = getattr(node, "name", "")
        if name in shown and ast.dump(node) != ast.dump(shown[name]):
            if isinstance(node, ast.FunctionDef):
                says = ast.get_docstring(node) or ""
                yield Target(name, file, _summary(says), (_method(node, says, is_bound=False),))
            elif isinstance(node, ast.ClassDef):
                yield _class(node, shown[name], file)


def _class(node: ast.ClassDef, shown: ast.AST, file: str) -> Target:
    templates = {
        one.name: ast.dump(one) for one in ast.walk(shown) if isinstance(one, ast.FunctionDef)
    }
    says = ast.get_docstring(node) or ""
    own = [one for one in node.body if isinstance(one, ast.FunctionDef)]
    made = next(
        (_method(one, says, is_bound=True).parameters for one in own if one.name == "__init__"), ()
    )
    written = [one for one in own if templates.get(one.name) != ast.dump(one)]
    methods = [_method(one, ast.get_docstring(one) or "", is_bound=True) for one in written]
    return Target(node.name, file, _summary(says), tuple(methods), made, is_class=True)


def _summary(docstring: str) -> str:
    return docstring.strip().partition("\n")[0]


def _method(node: ast.FunctionDef, docstring: str, *, is_bound: bool) -> Method:
    given = node.args
    words = [*given.posonlyargs, *given.args][int(is_bound) :]
    needed = words[: len(words) - len(given.defaults)] if given.defaults else words
    named = [
        one
        for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        if default is None
    ]
    return Method(
        node.name,
        (
            *(Parameter(one.arg, _said(one, docstring)) for one in needed),
            *(Parameter(one.arg, _said(one, docstring), is_named=True) for one in named),
        ),
        node,
    )


def _said(parameter: ast.arg, docstring: str) -> str:
    """Return the written text on a parameter.

    Annotation and type are on a line, the description is below.
    """
    annotation = ast.unparse(parameter.annotation) if parameter.annotation else ""
    kind, description = _described(parameter.arg, docstring)
    return f"{annotation} {kind}\n{description}".strip()


def _described(name: str, docstring: str) -> tuple[str, str]:
    """Return a parameter's type and description.

    They are found in each of the forms that docstrings use.
    """
    lines = docstring.expandtabs().splitlines()
    for place, line in enumerate(lines):
        found = _ENTRY.match(line)
        if found is None or name not in re.split(
            r"\s*,\s*|\s+and\s+", found["names"].replace("*", "").replace("`", "")
        ):
            continue
        below = list(_indented_below(lines, place))
        kind = (found["kind"] or "").strip()
        text = (found["text"] or "").strip()
        if kind or not below:
            return (kind or text), " ".join([*([text] if kind else []), *below])
        return text, " ".join(below)
    named = rf"(?<![\w.`'-]){re.escape(name)}"
    told = re.search(
        rf"{named} ?: ?((?:[\[(][^\])]*[\])]|[^.;:\n\[(])*?)(?=$|[.;\n]|, \w+ ?:)", docstring
    )
    inline = told or re.search(
        rf"{named} ?(?:of shape )?((?:[a-z]+\d*)?[\[(][^\])]*[\])])", docstring
    )
    return (inline[1].strip() if inline else ""), ""


#: ``x : array``, ``x, y: array``, ``- x: text``, ``x (array): text``, ``:param x: text``.
_ENTRY = re.compile(
    r"\s*(?:[-*+] +|:param (?:\w+ )?)?"
    r"(?P<names>[*`]*\w+[*`]*(?:\s*,\s*[*`]*\w+[*`]*|\s+and\s+\w+)*)"
    r"\s*(?:\((?P<kind>(?:[^()]|\([^()]*\))*)\))?\s*:(?!\w)\s*(?P<text>.*)$"
)


def _indented_below(lines: Sequence[str], place: int) -> Iterator[str]:
    indent = len(lines[place]) - len(lines[place].lstrip())
    for line in lines[place + 1 :]:
        if not line.strip() or len(line) - len(line.lstrip()) <= indent:
            return
        yield line.strip()


@dataclass(frozen=True, slots=True)
class MutantDraft:
    """One change in words, and the changed function."""

    what: str
    source: str


_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], str]] = {
    ast.Add: (ast.Sub, "`-` in place of `+`"),
    ast.Sub: (ast.Add, "`+` in place of `-`"),
    ast.Mult: (ast.Add, "`+` in place of `*`"),
    ast.Div: (ast.Mult, "`*` in place of `/`"),
    ast.Pow: (ast.Mult, "`*` in place of `**`"),
}
_ORDERS: dict[type[ast.cmpop], tuple[type[ast.cmpop], str]] = {
    ast.Gt: (ast.Lt, "`<` in place of `>`"),
    ast.Lt: (ast.Gt, "`>` in place of `<`"),
    ast.GtE: (ast.LtE, "`<=` in place of `>=`"),
    ast.LtE: (ast.GtE, "`>=` in place of `<=`"),
}


def mutations_of(target: Target) -> list[MutantDraft]:
    """Return every single change of a function.

    A class has none.
    """
    if target.is_class:
        return []
    (method,) = target.methods
    count = len(list(_changes(method.node)))
    return [_mutation(method.node, place) for place in range(count)]


def _mutation(function: ast.FunctionDef, place: int) -> MutantDraft:
    changed = copy.deepcopy(function)
    if ast.get_docstring(changed) is not None:
        changed.body = changed.body[1:]
    what = next(what for number, what in enumerate(_changes(changed)) if number == place)
    return MutantDraft(what, ast.unparse(changed))


def _changes(function: ast.FunctionDef) -> Iterator[str]:
    """Make one change after the other in a tree.

    Each change is yielded as a phrase, and undone when the next is asked for.
    """
    for node in ast.walk(function):
        if (
            isinstance(node, ast.keyword)
            and node.arg == "axis"
            and isinstance(node.value, ast.Constant)
        ):
            yield from _change_axis(node.value)
        elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS:
            before = node.op
            other, what = _OPERATORS[type(before)]
            node.op = other()
            yield what
            node.op = before
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in _ORDERS:
            order, what = _ORDERS[type(node.ops[0])]
            rest = node.ops
            node.ops = [order(), *rest[1:]]
            yield what
            node.ops = rest
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            sign = node.op
            node.op = ast.UAdd()
            yield "a sign is lost"
            node.op = sign
    for node in ast.walk(function):  # where nothing else can be changed
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 0:
            number = node.value
            node.value = number + 1
            yield f"`{number + 1}` in place of `{number}`"
            node.value = number
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Return)
            and node.value is not None
            and not isinstance(node.value, ast.Tuple)
        ):
            value = node.value
            node.value = ast.UnaryOp(ast.USub(), value)
            yield "a sign too many"
            node.value = value


def _change_axis(value: ast.Constant) -> Iterator[str]:
    before = value.value
    if before in (0, 1):
        value.value = 1 - before
        yield f"`axis={1 - before}` in place of `axis={before}`"
        value.value = before
