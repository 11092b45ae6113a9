"""Takes the solutions out of a reference.

The student starts from the rest.

::

    def affine_forward(x, w, b):                   def affine_forward(x, w, b):
        # BEGIN SOLUTION                               # TODO: write affine_forward.
        return x @ w + b                               raise
        NotImplementedError("affine_forward: not written yet") # END SOLUTION

Lines ``# STUDENT: text`` directly below ``# BEGIN SOLUTION`` say what the student finds there
instead.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.errors import CourseError

__all__ = ["BEGIN", "END", "render_template"]

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
STUDENT = "# STUDENT:"

_LOOKS_LIKE_A_MARK = re.compile(
    r"#+\s*(begin|end)[\s_-]*solutions?\b|#+\s*students?\s*:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark on a line of its own.

    Lines count from 1, columns from 0.
    """

    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class _Block:
    """One solution between its marks.

    They are its first and last line.
    """

    begin: _Mark
    end: _Mark
    student: tuple[_Mark, ...]


def render_template(source: str, name: str) -> str:
    """Take the solutions out of one file of a reference.

    Parameters
    ----------
    source
        Text of the file.
    name
        How messages call the file.

    Raises
    ------
    CourseError
        The source is no Python, a mark is misspelt, misplaced, nested or unclosed, a solution
        outside a function does not say what students find instead, or the template would be no
        Python.
    """
    tree = _parse(source, name, "the reference")
    lines = source.split("\n")
    for block in reversed(_find_blocks(source, name)):
        lines[block.begin.line - 1 : block.end.line] = _replacement(block, tree, name)
    template = _without_lint_remarks("\n".join(lines))
    _parse(template, name, "the template")
    return template


def _without_lint_remarks(source: str) -> str:
    """Take away ``# noqa`` comments, which mean nothing to a student."""
    lines = source.split("\n")
    try:
        comments = [token for token in _tokens(source) if token.type == tokenize.COMMENT]
    except (tokenize.TokenError, IndentationError):
        return source  # no Python: the parser says why
    for token in comments:
        if re.match(r"#\s*noqa\b", token.string, re.IGNORECASE):
            line, column = token.start
            lines[line - 1] = lines[line - 1][:column].rstrip()
    return "\n".join(lines)


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(source).readline)


def _error(name: str, line: int, what: str, remedy: str) -> CourseError:
    return CourseError(f"{name}, line {line}: {what}.", hint=remedy)


def _parse(source: str, name: str, what: str) -> ast.Module:
    try:
        return ast.parse(source, name)
    except SyntaxError as error:
        remedy = (
            "Correct the syntax."
            if what == "the reference"
            else "Correct the lines `# STUDENT:` above it."
        )
        raise _error(
            name, error.lineno or 1, f"{what} is no Python: {error.msg}", remedy
        ) from error


def _find_marks(source: str, name: str) -> Iterator[_Mark]:
    """Find the marks among the comments.

    A comment that only looks like a mark is an error, since a solution would be shipped.
    """
    for token in _tokens(source):
        if token.type != tokenize.COMMENT or not _LOOKS_LIKE_A_MARK.match(token.string):
            continue
        line, column = token.start
        if not (token.string in (BEGIN, END) or token.string.startswith(STUDENT)):
            raise _error(
                name,
                line,
                f"`{token.string}` is no mark",
                f"Write `{BEGIN}`, `{END}` or `{STUDENT} ...`.",
            )
        if token.line[:column].strip():
            raise _error(
                name, line, f"`{token.string}` stands behind code", "Give it a line of its own."
            )
        yield _Mark(line, column, token.string)


def _find_blocks(source: str, name: str) -> list[_Block]:
    blocks: list[_Block] = []
    begin: _Mark | None = None
    student: list[_Mark] = []
    for mark in _find_marks(source, name):
        if mark.text == BEGIN:
            if begin is not None:
                what = f"`{BEGIN}` inside the solution that begins on line {begin.line}"
                raise _error(name, mark.line, what, f"Close that one first with `{END}`.")
            begin, student = mark, []
        elif mark.text == END:
            blocks.append(_block(begin, mark, tuple(student), name))
            begin = None
        else:
            _require_directly_below(begin, student, mark, name)
            student.append(mark)
    if begin is not None:
        raise _error(
            name, begin.line, "the solution that begins here is not closed", f"Add `{END}`."
        )
    return blocks


def _require_directly_below(
    begin: _Mark | None, student: Sequence[_Mark], mark: _Mark, name: str
) -> None:
    if begin is None or mark.line != begin.line + len(student) + 1:
        what = f"`{mark.text}` does not stand directly below `{BEGIN}`"
        raise _error(name, mark.line, what, "Move it there.")


def _block(begin: _Mark | None, end: _Mark, student: tuple[_Mark, ...], name: str) -> _Block:
    if begin is None:
        raise _error(
            name, end.line, f"`{END}` without `{BEGIN}`", f"Add `{BEGIN}` above the solution."
        )
    if begin.column != end.column:
        what = (
            f"`{END}` is indented by {end.column}, `{BEGIN}` on line {begin.line} by {begin.column}"
        )
        raise _error(name, end.line, what, "Indent both as the code between them.")
    return _Block(begin, end, student)


def _replacement(block: _Block, tree: ast.Module, name: str) -> list[str]:
    indent = " " * block.begin.column
    function = _function_around(block, tree, name)
    if block.student:
        texts = [mark.text.removeprefix(STUDENT).removeprefix(" ") for mark in block.student]
        return [f"{indent}{text}".rstrip() for text in texts]
    if function is None:
        what = "a solution outside a function must say what students find instead"
        raise _error(name, block.begin.line, what, f"Add lines `{STUDENT} ...` below `{BEGIN}`.")
    return [
        f"{indent}# TODO: write {function}.",
        f'{indent}raise NotImplementedError("{function}: not written yet")',
    ]


def _function_around(block: _Block, tree: ast.Module, name: str) -> str | None:
    """Return the name of the function that holds a block.

    The name has the class in it. It is None at module or class level.
    """
    homes = {home for statement, home in _outermost(tree, block)}
    if not homes:
        raise _error(name, block.begin.line, "the solution is empty", "Put the marks around code.")
    if len(homes) > 1 or any(
        (statement.end_lineno or 0) > block.end.line for statement, _ in _outermost(tree, block)
    ):
        what = (
            f"the solution that begins on line {block.begin.line} ends in another function or "
            "statement"
        )
        raise _error(name, block.end.line, what, "Mark the solution of each function by itself.")
    return homes.pop()


def _outermost(tree: ast.Module, block: _Block) -> Iterator[tuple[ast.stmt, str | None]]:
    """Find a block's outermost statements and their functions.

    A statement begins in the block and not inside another such statement.
    """
    waiting: list[tuple[ast.AST, tuple[str, ...], str | None]] = [(tree, (), None)]
    while waiting:
        node, path, home = waiting.pop()
        if isinstance(node, ast.stmt) and block.begin.line < node.lineno < block.end.line:
            yield node, home
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            path = (*path, node.name)
            home = home if isinstance(node, ast.ClassDef) else ".".join(path)
        waiting.extend((child, path, home) for child in ast.iter_child_nodes(node))
