"""Search for the bindings of a source and their scopes.

It finds what the statements bind, and the scope of each part of the source.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from autograder.inside.reading.syntax.scopes import Chain, ScopeKind, Scopes
from autograder.inside.reading.syntax.trees import FUNCTIONS, MAX_CHAIN, MAX_NAME_CHARS, children

Parts = list[tuple[ast.AST, int]]

ANNOTATION = -1  # in the place of a scope: what stands there is not used

#: Calls whose keywords and texts become attributes of what they return.
_MAKERS = frozenset(
    {"SimpleNamespace", "Namespace", "namedtuple", "NamedTuple", "make_dataclass", "setattr"}
)
#: Builtins that are a loop, unless they go over a number of things that the source shows.
_MAPS = frozenset({"map", "filter"})
_MAX_SHORT = 12  # things; the axes of an array are fewer
_MAX_TEXT_CHARS = 1_000
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def chain_of(node: ast.AST, scope: int) -> Chain:
    """Return the chain of attributes of an expression.

    The chain has no root if the expression is something else.
    """
    node, attributes = _unwind(node)
    if isinstance(node, ast.Name):
        return Chain(node.id[:MAX_NAME_CHARS], attributes, scope)
    if isinstance(node, ast.Call):
        module = module_by_name(node)
        if module and module != "?":
            return Chain(module[:MAX_NAME_CHARS], attributes, scope, is_module=True)
        root, before = _unwind(node.func)
        if isinstance(root, ast.Name):
            name = root.id[:MAX_NAME_CHARS]
            return Chain(name, before, scope, instance_attributes=attributes)
    return Chain("", attributes, scope)


def _unwind(node: ast.AST) -> tuple[ast.AST, tuple[str, ...]]:
    """Take the attributes off an expression, ``getattr(np, "dot")`` included."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr[:MAX_NAME_CHARS])
            node = node.value
        elif (name := attribute_by_name(node)) is not None:
            parts.append(name)
            node = node.args[0]  # type: ignore[attr-defined]
        elif isinstance(node, ast.NamedExpr):
            node = node.value
        else:
            break
    parts.reverse()
    return node, tuple(parts if len(parts) < MAX_CHAIN else [*parts[: MAX_CHAIN - 2], parts[-1]])


def attribute_by_name(node: ast.AST) -> str | None:
    """Return the name in ``getattr(np, "dot")``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
        name = node.args[1] if len(node.args) > 1 else None
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            return name.value[:MAX_NAME_CHARS]
    return None


def module_by_name(node: ast.Call) -> str:
    """Return the module that ``__import__("scipy")`` imports.

    It is ``?`` if the name is computed, and empty for another call.
    """
    function = node.func
    last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if last != "import_module" and not (last == "__import__" and isinstance(function, ast.Name)):
        return ""
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "?"


class Binder:
    """A visitor that enters nodes and their bindings.

    Nodes come one after another, the outer one first and in the order of the source.

    Attributes
    ----------
    bound, changed
        Names of the module that were bound, and those whose value may have changed, since these
        were emptied.
    is_plain
        True while the nodes belong to a statement that stands in no branch and no loop.
    """

    def __init__(self, scopes: Scopes) -> None:
        self.bound: set[str] = set()
        self.changed: set[str] = set()
        self.is_plain = False
        self._scopes = scopes

    def enter(self, node: ast.AST, scope: int, qualname: str = "") -> Parts:
        """Note the bindings of a node.

        Parameters
        ----------
        qualname
            Of the function or class that the node defines.

        Returns
        -------
        list
            The nodes in it to go on with, in the order of the source, each with its scope.
        """
        enter = self._enters.get(type(node))
        if enter is not None:
            return enter(self, node, scope)
        if isinstance(node, ast.ClassDef):
            return self._class(node, scope, qualname)
        if isinstance(node, FUNCTIONS):
            return self._function(node, scope, qualname)
        return [(child, scope) for child in children(node)]

    def _bind(self, name: str | None, scope: int, value: Chain | None = None) -> None:
        if name is not None and self._scopes.bind(
            name, scope, value or Chain(""), is_plain=self.is_plain
        ):
            self.bound.add(name[:MAX_NAME_CHARS])

    # definitions ----------------------------------------------------------------------------------

    def _function(self, node: Any, scope: int, qualname: str) -> Parts:
        if self._scopes.bind_definition(node.name, scope, qualname, None, is_plain=self.is_plain):
            self.bound.add(node.name[:MAX_NAME_CHARS])
        inner = self._scopes.open(ScopeKind.FUNCTION, scope, qualname)
        is_method = self._scopes.kind(scope) is ScopeKind.CLASS and not any(
            isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list
        )
        self._type_parameters(node, inner)
        return [
            *((one, scope) for one in node.decorator_list),
            *self._parameters(node.args, scope, inner, is_method=is_method),
            *([] if node.returns is None else [(node.returns, ANNOTATION)]),
            *((one, inner) for one in node.body),
        ]

    def _class(self, node: ast.ClassDef, scope: int, qualname: str) -> Parts:
        inner = self._scopes.open(ScopeKind.CLASS, scope, qualname)
        if self._scopes.bind_definition(node.name, scope, qualname, inner, is_plain=self.is_plain):
            self.bound.add(node.name[:MAX_NAME_CHARS])
        self._scopes.add_bases(inner, (chain_of(base, scope) for base in node.bases))
        self._type_parameters(node, inner)
        return [
            *((one, scope) for one in (*node.decorator_list, *node.bases, *node.keywords)),
            *((one, inner) for one in node.body),
        ]

    def _lambda(self, node: ast.Lambda, scope: int) -> Parts:
        inner = self._scopes.open(ScopeKind.FUNCTION, scope)
        return [*self._parameters(node.args, scope, inner), (node.body, inner)]

    def _parameters(
        self, node: ast.arguments, scope: int, inner: int, *, is_method: bool = False
    ) -> Parts:
        """Bind the parameters and return their annotations and defaults.

        Those belong to the scope outside.
        """
        listed = [*node.posonlyargs, *node.args]
        if is_method and listed:
            self._scopes.bind_self(listed[0].arg, inner)
            listed = [*listed[1:]]
        rest = [one for one in (node.vararg, node.kwarg) if one is not None]
        for one in (*listed, *node.kwonlyargs, *rest):
            self._bind(one.arg, inner)
        every = (*node.posonlyargs, *node.args, *node.kwonlyargs, *rest)
        annotations = [one.annotation for one in every if one.annotation is not None]
        defaults = [*node.defaults, *(one for one in node.kw_defaults if one is not None)]
        return [*((one, ANNOTATION) for one in annotations), *((one, scope) for one in defaults)]

    def _type_parameters(self, node: Any, inner: int) -> None:
        for one in getattr(node, "type_params", []):
            self._bind(one.name, inner)

    # expressions ----------------------------------------------------------------------------------

    def _comprehension(self, node: Any, scope: int) -> Parts:
        inner = self._scopes.open(ScopeKind.COMPREHENSION, scope)
        parts: Parts = []
        for number, one in enumerate(node.generators):
            parts += [
                (one.target, inner),
                (one.iter, scope if number == 0 else inner),
                *((test, inner) for test in one.ifs),
            ]
        elements = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        return [*parts, *((one, inner) for one in elements)]

    def _name(self, node: ast.Name, scope: int) -> Parts:
        if not isinstance(node.ctx, ast.Load):
            self._bind(node.id, scope)
        return []

    def _attribute(self, node: ast.Attribute, scope: int) -> Parts:
        if not isinstance(node.ctx, ast.Load):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            self._scopes.bind_attribute(owner, node.attr, scope)
            self._change(node.value, scope)
        return [(node.value, scope)]

    def _subscript(self, node: ast.Subscript, scope: int) -> Parts:
        if not isinstance(node.ctx, ast.Load):
            self._change(node.value, scope)
        return [(node.value, scope), (node.slice, scope)]

    def _change(self, node: ast.AST, scope: int) -> None:
        """Note that the value of a module's name may change.

        It may in ``table[0] = f`` and ``table.append(f)``.
        """
        root, _ = _unwind(node)
        while isinstance(root, ast.Subscript):
            root, _ = _unwind(root.value)
        if isinstance(root, ast.Name) and scope == 0:
            self.changed.add(root.id[:MAX_NAME_CHARS])

    def _walrus(self, node: ast.NamedExpr, scope: int) -> Parts:
        if self._scopes.bind_walrus(node.target.id, scope):
            self.bound.add(node.target.id[:MAX_NAME_CHARS])
        return [(node.value, scope)]

    def _call(self, node: ast.Call, scope: int) -> Parts:
        function = node.func
        last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if isinstance(function, ast.Attribute):
            self._change(function.value, scope)
        if last in _MAKERS:
            self._scopes.members.update(
                one.arg[:MAX_NAME_CHARS] for one in node.keywords if one.arg is not None
            )
            self._scopes.members.update(_names_in(node.args[:MAX_CHAIN]))
        is_no_loop = isinstance(function, ast.Name) and last in _MAPS and _is_short_map(node.args)
        return [
            (child, scope) for child in children(node) if not (is_no_loop and child is function)
        ]

    # statements -----------------------------------------------------------------------------------

    def _import(self, node: ast.Import, scope: int) -> Parts:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self._bind(bound, scope, _module(alias.name if alias.asname else bound))
        return []

    def _import_from(self, node: ast.ImportFrom, scope: int) -> Parts:
        module = "." * node.level + (node.module or "")
        joint = "" if module.endswith(".") else "."
        for alias in node.names:
            if alias.name == "*":
                self._scopes.add_star(module)
            else:
                self._bind(
                    alias.asname or alias.name, scope, _module(f"{module}{joint}{alias.name}")
                )
        return []

    def _assign(self, node: ast.Assign, scope: int) -> Parts:
        """Bind the targets of an assignment.

        ``vec = np.vectorize`` gives another name, ``a, b = np.dot, np.sum`` gives two.
        """
        rest = [target for target in node.targets if not self._pair(target, node.value, scope)]
        return [(node.value, scope), *((target, scope) for target in rest)]

    def _pair(self, target: ast.expr, value: ast.expr, scope: int) -> bool:
        if isinstance(target, ast.Name):
            self._bind(target.id, scope, chain_of(value, scope))
            return True
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            self._scopes.bind_attribute(target.value.id, target.attr, scope, chain_of(value, scope))
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
            is_paired = len(target.elts) == len(value.elts) and all(
                isinstance(one, ast.Name) for one, _ in pairs
            )
            return is_paired and all(self._pair(*pair, scope) for pair in pairs)
        return False

    def _annotated(self, node: ast.AnnAssign, scope: int) -> Parts:
        if node.value is None:
            binds_nothing = scope == 0 and isinstance(node.target, ast.Name)
            return [
                (node.annotation, ANNOTATION),
                *([] if binds_nothing else [(node.target, scope)]),
            ]
        is_done = self._pair(node.target, node.value, scope)
        return [
            (node.annotation, ANNOTATION),
            (node.value, scope),
            *([] if is_done else [(node.target, scope)]),
        ]

    def _declaration(self, node: ast.Global | ast.Nonlocal, scope: int) -> Parts:
        self._scopes.declare(node.names, scope, is_global=isinstance(node, ast.Global))
        return []

    def _class_pattern(self, node: ast.MatchClass, scope: int) -> Parts:
        """Take ``case object(dot=f)`` as one that mentions an attribute ``dot``."""
        unknown = ast.copy_location(ast.Constant(None), node)
        mentioned = [
            ast.Attribute(value=unknown, attr=name, ctx=ast.Load()) for name in node.kwd_attrs
        ]
        asked = [(ast.copy_location(one, node), scope) for one in mentioned]
        return [*asked, *((child, scope) for child in children(node))]

    def _named(self, node: Any, scope: int) -> Parts:
        """Bind the names of ``except ... as name`` and patterns."""
        self._bind(
            getattr(node, "rest", None) if isinstance(node, ast.MatchMapping) else node.name, scope
        )
        return [(child, scope) for child in children(node)]

    _enters: ClassVar[Mapping[type[ast.AST], Callable[..., Parts]]] = {
        ast.Lambda: _lambda,
        **dict.fromkeys(
            (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _comprehension
        ),
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.NamedExpr: _walrus,
        ast.Call: _call,
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.Assign: _assign,
        ast.AnnAssign: _annotated,
        **dict.fromkeys((ast.Global, ast.Nonlocal), _declaration),
        ast.MatchClass: _class_pattern,
        **dict.fromkeys((ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping), _named),
    }


def _module(name: str) -> Chain:
    return Chain(name[: 2 * MAX_NAME_CHARS], is_module=True)


def _is_short_map(args: list[ast.expr]) -> bool:
    """Return True if a map goes over few visible things.

    The source shows their number.
    """
    return len(args) > 1 and all(map(_is_short, args[1:]))


def _is_short(node: ast.AST) -> bool:
    """Return True for a short display or a shape.

    A shape is that of an array, or a part of it.
    """
    if isinstance(node, ast.Tuple | ast.List):
        return len(node.elts) <= _MAX_SHORT and not any(
            isinstance(one, ast.Starred) for one in node.elts
        )
    while isinstance(node, ast.Subscript):
        node = node.value
    shape = node.func if isinstance(node, ast.Call) else node  # `np.shape(x)`, `x.shape`
    return isinstance(shape, ast.Attribute) and shape.attr == "shape"


def _names_in(nodes: Iterable[ast.AST]) -> Iterable[str]:
    """Find the identifiers in texts, and in lists and tuples of texts."""
    for node in nodes:
        for one in node.elts[:100] if isinstance(node, ast.List | ast.Tuple) else [node]:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield from (
                    name[:MAX_NAME_CHARS]
                    for name in _IDENTIFIER.findall(one.value[:_MAX_TEXT_CHARS])
                )
