"""Top-level statements of a source, each compiled alone.

A file is loaded statement by statement, so that one that fails costs no other. Blocks (``if``,
``try``, ``with``, ``for``, ``class``) are one statement. Imports are split by name: ``import
absent, numpy as np`` binds ``np`` all the same.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import functools
import marshal
import re
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import astuple, dataclass
from types import CodeType

from autograder.inside.reading.notebook.magics import as_written
from autograder.inside.reading.syntax.newer_syntax import explain_syntax_error
from autograder.inside.reading.syntax.trees import (
    DEFINITIONS,
    FUNCTIONS,
    children,
    is_main_test,
    is_text_statement,
)

MAX_TEXT_CHARS = 200
# the builtin that makes what stands for a default that is not there
ABSENT_DEFAULT = "__absent_default__"
_ANNOTATIONS = __future__.annotations.compiler_flag  # the other features are the rule by now
_DEFINED = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
# of an exported notebook
_CELL_MARK = re.compile(r"^#[ \t]*(?:In[ \t]?\[[\d \t*]*\]:?|%%)", re.MULTILINE)
_SCOPES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LONG_WORK = (
    ast.Call,
    ast.For,
    ast.While,
    ast.AsyncFor,
    ast.With,
    ast.AsyncWith,
    ast.Await,
    ast.comprehension,
)
_WORK = (*_LONG_WORK, ast.BinOp)
_PATTERNS = (ast.MatchAs, ast.MatchStar, ast.MatchMapping)


#: Wrappers that make another function of one, so that it cannot stand for what they give.
_TRANSFORMS = frozenset(
    (
        *(
            "grad",
            "value_and_grad",
            "elementwise_grad",
            "jacobian",
            "jacfwd",
            "jacrev",
            "hessian",
            "jvp",
            "vjp",
        ),
        *("vmap", "pmap", "vectorize", "guvectorize", "linearize", "delayed", "reduce", "map"),
    )
)


class SourceTooComplex(SyntaxError):  # noqa: N818
    """A source that exhausts the stack of Python's compiler.

    Its nesting, or a sum, is too deep.
    """


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes
    ----------
    line
        Where it begins, decorators included.
    text
        Its first line, for messages.
    names
        Names that it binds; ``*`` where an import binds whatever there is.
    is_import, is_definition
        Kinds that are never left out in place of another.
    raises
        Lines of ``raise`` that stand in no function.
    is_plain
        True if nothing is called and nothing loops: neither can it take long.
    """

    code: CodeType
    line: int
    text: str
    names: tuple[str, ...]
    is_import: bool
    is_definition: bool
    raises: tuple[int, ...]
    is_plain: bool

    @property
    def is_kept(self) -> bool:
        """True if the statement is never left out for another.

        Functions need it, and it takes no time of its own.
        """
        return self.is_import or self.is_definition or self.is_plain


@dataclass(frozen=True, slots=True)
class Lightened:
    """A statement without an import that failed in it.

    It has the statement's code, and the import's text, line and names.
    """

    code: CodeType
    text: str
    line: int
    names: tuple[str, ...]


def split(
    source: str, name: str, flags: int = 0, *, is_notebook: bool = False
) -> tuple[list[Statement], int]:
    """Compile the statements of a script, or of one cell.

    The cell is one of a notebook.

    Parameters
    ----------
    name
        What tracebacks call it.
    flags
        Of ``from __future__`` in the cells before.
    is_notebook
        If True, ``await`` works at the top level, and ``from __future__`` anywhere; also in a
        script that was made of one.

    Returns
    -------
    tuple
        The statements, and the flags for the next cell.

    Raises
    ------
    SyntaxError
        The compiler refuses the source. Warnings are printed and never raised.
    """
    with warnings.catch_warnings(), as_syntax_errors(source, name):
        warnings.simplefilter("default")
        return _split(source, name, flags, is_notebook=is_notebook)


@contextlib.contextmanager
def as_syntax_errors(source: str, name: str) -> Iterator[None]:
    """Turn everything that the compiler has against a source into a SyntaxError."""
    try:
        yield
    except (MemoryError, RecursionError, OverflowError) as error:
        text = f"the source is too complex to compile ({type(error).__name__})"
        raise SourceTooComplex(text, (name, None, None, None)) from None
    except UnicodeEncodeError as error:
        text = "the source holds characters that are no text (lone surrogates)"
        raise SyntaxError(text, (name, None, None, None)) from error
    except SyntaxError as error:
        error.msg = explain_syntax_error(error.msg, source)
        raise
    except ValueError as error:
        raise SyntaxError(str(error), (name, None, None, None)) from error


def _split(source: str, name: str, flags: int, *, is_notebook: bool) -> tuple[list[Statement], int]:
    tree = ast.parse(source, name)
    lines = source.split("\n")
    is_notebook = is_notebook or _CELL_MARK.search(source) is not None
    asynchronous = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if is_notebook else 0
    found: list[Statement] = []
    for place, node in enumerate(tree.body):
        if place and is_text_statement(node):  # it would become the module's docstring
            continue
        if features := _features(node):
            if not is_notebook and not _is_first(tree.body, place):
                text = "from __future__ imports must occur at the beginning of the file"
                raise SyntaxError(text, (name, node.lineno, None, None))
            flags |= _ANNOTATIONS if "annotations" in features else 0
        for one in _divided(node):
            code = compile_node(one, name, flags | asynchronous)
            found.append(_statement(one, code, lines))
    return found, flags


def compile_node(node: ast.stmt, name: str, flags: int) -> CodeType:
    """Compile one statement as if it were a module."""
    module = ast.Module([node], [])
    code: CodeType = compile(module, name, "exec", flags=flags, dont_inherit=True)
    return code


def _features(node: ast.stmt) -> list[str]:
    is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__" and not node.level
    return [alias.name for alias in node.names] if is_future else []  # type: ignore[attr-defined]


def _is_first(body: Sequence[ast.stmt], place: int) -> bool:
    before = body[1:place] if body and is_text_statement(body[0]) else body[:place]
    return all(_features(node) for node in before)


def _divided(node: ast.stmt) -> Iterator[ast.stmt]:
    """Divide an import by its names."""
    if not isinstance(node, ast.Import | ast.ImportFrom) or len(node.names) == 1 or _features(node):
        yield node
        return
    for alias in node.names:
        if isinstance(node, ast.Import):
            yield ast.copy_location(ast.Import([alias]), node)
        else:
            yield ast.copy_location(ast.ImportFrom(node.module, [alias], node.level), node)


def _statement(node: ast.stmt, code: CodeType, lines: Sequence[str]) -> Statement:
    is_import = isinstance(node, ast.Import | ast.ImportFrom)
    text = (
        ast.unparse(node)
        if is_import
        else as_written(lines[node.lineno - 1].strip())
        if node.lineno <= len(lines)
        else ""
    )
    names, raises = _survey(node)
    return Statement(
        code=code,
        line=_first_line(node),
        text=text if len(text) <= MAX_TEXT_CHARS else f"{text[:MAX_TEXT_CHARS]}...",
        names=tuple(names),
        is_import=is_import,
        is_definition=isinstance(node, DEFINITIONS),
        raises=tuple(raises),
        is_plain=not _works(node),
    )


def _survey(statement: ast.stmt) -> tuple[list[str], list[int]]:
    """Find a statement's bound names and its own raising lines."""
    names: dict[str, None] = {}
    raises: list[int] = []
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, DEFINITIONS):
            names[node.name] = None
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(dict.fromkeys(_bound(node)))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        elif isinstance(node, _PATTERNS):
            bound = node.rest if isinstance(node, ast.MatchMapping) else node.name
            names.update({bound: None} if bound else {})
        elif isinstance(node, ast.Raise):
            raises.append(node.lineno)
        if not isinstance(node, _SCOPES):
            waiting += children(node)
    return list(names), raises


def _bound(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        yield alias.asname or (
            alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name
        )


def future_flags(statements: Sequence[Statement]) -> int:
    """Return the flags of ``from __future__`` under which statements were compiled."""
    return _ANNOTATIONS if any(one.code.co_flags & _ANNOTATIONS for one in statements) else 0


def freeze(statements: Sequence[Statement]) -> bytes:
    """Write compiled statements, for candidates of the same interpreter."""
    return marshal.dumps([astuple(one) for one in statements])


def thaw(data: bytes) -> list[Statement]:
    """Read the output of `freeze`.

    Raises
    ------
    SyntaxError
        The bytes are not of `freeze`.
    """
    try:
        # in the sandbox, which is about to run it
        found = [Statement(*one) for one in marshal.loads(data)]  # noqa: S302
    except (TypeError, ValueError, EOFError) as error:
        raise SyntaxError("the compiled source is no code") from error
    if not all(isinstance(one.code, CodeType) for one in found):
        raise SyntaxError("the compiled source is no code")
    return found


def lightened(  # noqa: PLR0913, PLR0917  # a place, and what is changed there
    source: str,
    name: str,
    line: int,
    flags: int,
    drop: AbstractSet[str],
    absent: Collection[str] = (),
) -> CodeType | None:
    """Compile a lighter form of a definition.

    Annotations become texts. Some decorators and defaults are left out.

    Parameters
    ----------
    line
        Where the definition begins.
    drop
        Names with which decorators are left out, also those of methods and of functions within.
    absent
        Names that are not there: a default that needs one raises as soon as it is used.

    Returns
    -------
    The code, None if no definition begins there.
    """
    node = _node_at(source, name, line)
    if not isinstance(node, DEFINITIONS):
        return None
    for inner in ast.walk(node) if absent or drop else ():
        if isinstance(inner, DEFINITIONS):
            inner.decorator_list = [
                one for one in inner.decorator_list if drop.isdisjoint(_names(one))
            ]
        elif isinstance(inner, ast.arguments) and absent:
            inner.defaults = [_present(one, absent) for one in inner.defaults]
            inner.kw_defaults = [one and _present(one, absent) for one in inner.kw_defaults]
    return compile_node(node, name, flags | _ANNOTATIONS)


def _names(node: ast.AST) -> list[str]:
    """Return the names in an expression such as ``partial(jax.jit, static_argnums=2)``."""
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]


def unwrapped(
    source: str, name: str, line: int, flags: int, is_absent: Callable[[str], bool]
) -> tuple[CodeType, str, str] | None:
    """Compile ``predict = njit(f)`` anew without the wrapper.

    Returns
    -------
    The code, the name in the wrapper that is absent, and the function's name, empty for a
    lambda; None if a statement is nothing of the kind, or its wrapper makes another
    function of it.
    """
    node = _node_at(source, name, line)
    if (
        not isinstance(node, ast.Assign | ast.AnnAssign)
        or not isinstance(node.value, ast.Call)
        or not node.value.args
    ):
        return None
    wrapper, function = node.value.func, node.value.args[0]
    missing = next(filter(is_absent, _names(wrapper)), None)
    last = {one.attr for one in ast.walk(wrapper) if isinstance(one, ast.Attribute)} | set(
        _names(wrapper)
    )
    if missing is None or last & _TRANSFORMS or not isinstance(function, ast.Name | ast.Lambda):
        return None
    node.value = function
    code = compile_node(node, name, flags | _ANNOTATIONS | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return code, missing, function.id if isinstance(function, ast.Name) else ""


def without_import(
    source: str, name: str, line: int, flags: int, gone: Collection[int]
) -> Lightened | None:
    """Compile a class or an ``if`` without some imports.

    Parameters
    ----------
    line
        Where the statement begins.
    gone
        Lines on which an import failed; the last one is the news.

    Returns
    -------
    The code and the news, None if no import stands there.
    """
    node = _node_at(source, name, line)
    if not isinstance(node, ast.ClassDef | ast.If):
        return None
    found: list[ast.Import | ast.ImportFrom] = []
    waiting: list[ast.AST] = [node]
    while waiting:
        parent = waiting.pop()
        for part in ("body", "orelse"):
            body = getattr(parent, part, None)
            if isinstance(parent, FUNCTIONS) or not isinstance(body, list):
                continue
            lost = [
                one
                for one in body
                if isinstance(one, ast.Import | ast.ImportFrom) and _is_on(one, gone)
            ]
            found += lost
            setattr(
                parent,
                part,
                [ast.copy_location(ast.Pass(), one) if one in lost else one for one in body],
            )
            waiting += body
    last = next((one for one in found if _is_on(one, [*gone][-1:])), None)
    if last is None:
        return None
    code = compile_node(node, name, flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return Lightened(code, ast.unparse(last), last.lineno, tuple(_bound(last)))


def _is_on(node: ast.stmt, lines: Collection[int]) -> bool:
    return any(node.lineno <= line <= (node.end_lineno or node.lineno) for line in lines)


def _node_at(source: str, name: str, line: int) -> ast.stmt | None:
    """Return the top-level statement that begins on a line.

    The caller may change it.
    """
    return _find_at(ast.parse(source, name), line)


def _seen_at(source: str, name: str, line: int) -> ast.stmt | None:
    """Return the statement of `_node_at`, which must not be changed.

    Many statements of a source are asked for, so its tree is kept.
    """
    return _find_at(_parsed(source, name), line)


@functools.lru_cache(maxsize=2)
def _parsed(source: str, name: str) -> ast.Module:
    return ast.parse(source, name)


def _find_at(tree: ast.Module, line: int) -> ast.stmt | None:
    return next((one for one in tree.body if _first_line(one) == line), None)


def _present(default: ast.expr, absent: Collection[str]) -> ast.expr:
    """Return a default, or its stand-in that raises when used."""
    used = [one.id for one in ast.walk(default) if isinstance(one, ast.Name)]
    missing = next((name for name in used if name in absent), None)
    if missing is None:
        return default
    call = ast.Call(ast.Name(ABSENT_DEFAULT, ast.Load()), [ast.Constant(missing)], [])
    return ast.fix_missing_locations(ast.copy_location(call, default))


def may_take_long(source: str) -> bool:
    """Return True if loading a source does real work.

    Imports, definitions and plain values are no work.

    The body of a class runs while it is loaded, and so do decorators and defaults.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    waiting: list[ast.AST] = [node for node in body if not _is_main_guard(node)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _WORK):
            return True
        if isinstance(node, FUNCTIONS):
            defaults = (*node.args.defaults, *node.args.kw_defaults)
            waiting += [one for one in (*node.decorator_list, *defaults) if one is not None]
        else:
            waiting += children(node)
    return False


def _works(statement: ast.stmt) -> bool:
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _LONG_WORK):
            return True
        if not isinstance(node, DEFINITIONS):
            waiting += children(node)
    return False


def _is_main_guard(node: ast.stmt) -> bool:
    """Return True for a main guard, which is not run.

    It is ``if __name__ == "__main__":`` without an ``else``.
    """
    return isinstance(node, ast.If) and is_main_test(node.test) and not node.orelse


def decorator_names(source: str, name: str, line: int) -> list[str]:
    """Return the names in a definition's decorators.

    They are the decorators of the definition on a line and of those within it. Names that it binds
    itself are left out.
    """
    node = _seen_at(source, name, line)
    if not isinstance(node, DEFINITIONS):
        return []
    decorators = [
        each
        for one in ast.walk(node)
        if isinstance(one, DEFINITIONS)
        for each in one.decorator_list
    ]
    own = {each for one in ast.walk(node) if one is not node for each in _bound_by(one)}
    return list(
        dict.fromkeys(each for one in decorators for each in _names(one) if each not in own)
    )


def _bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from _bound(node)


def names_within(code: CodeType) -> set[str]:
    """Return the names that a statement's functions and classes look up."""
    names: set[str] = set()
    waiting = [code]
    while waiting:
        one = waiting.pop()
        names.update(one.co_names)
        waiting += [each for each in one.co_consts if isinstance(each, CodeType)]
    return names


def default_names(source: str, name: str, line: int) -> list[str]:
    """Return the names that a definition's defaults use.

    The definition is the one on a line.
    """
    node = _seen_at(source, name, line)
    arguments = (
        [one for one in ast.walk(node) if isinstance(one, ast.arguments)]
        if node is not None
        else []
    )
    defaults = [
        one for each in arguments for one in (*each.defaults, *each.kw_defaults) if one is not None
    ]
    return list(
        dict.fromkeys(
            one.id for each in defaults for one in ast.walk(each) if isinstance(one, ast.Name)
        )
    )


def _first_line(node: ast.stmt) -> int:
    """Return the line on which a statement begins, its decorators included."""
    return min([node.lineno, *(int(one.lineno) for one in getattr(node, "decorator_list", ()))])


def defined_names(source: str) -> tuple[str, ...]:
    """Return the names that a source seems to define at top level.

    They are found by its lines, as the source is no Python.
    """
    return tuple(dict.fromkeys(_DEFINED.findall(source)))
