"""Makes what the student starts from: the reference without what is marked as solution.

::

    def affine_forward(x, w, b):                   def affine_forward(x, w, b):
        # BEGIN SOLUTION                               # TODO: write affine_forward.
        return x @ w + b                               raise NotImplementedError("affine_forward: not written yet")
        # END SOLUTION

Lines ``# STUDENT: text`` directly below ``# BEGIN SOLUTION`` say what the student finds there instead.

Run as ``python -m autograder.release [ASSIGNMENT ...] [--check] [--course DIR]``.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment, find_assignments, find_course, load_assignment
from autograder.errors import AutograderError, CourseError

__all__ = ["main", "render_template", "stale_files", "write_template"]

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
STUDENT = "# STUDENT:"

_LOOKS_LIKE_A_MARK = re.compile(r"#+\s*(begin|end)[\s_-]*solutions?\b|#+\s*students?\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark on a line of its own; lines count from 1, columns from 0."""

    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class _Block:
    """One solution: its first and last line are the marks."""

    begin: _Mark
    end: _Mark
    student: tuple[_Mark, ...]


# one file ---------------------------------------------------------------------------------------------------


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
        If the source is no Python, a mark is misspelt, misplaced, nested or unclosed, a solution outside a function
        does not say what students find instead, or the template would be no Python.
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
        remedy = "Correct the syntax." if what == "the reference" else "Correct the lines `# STUDENT:` above it."
        raise _error(name, error.lineno or 1, f"{what} is no Python: {error.msg}", remedy) from error


def _find_marks(source: str, name: str) -> Iterator[_Mark]:
    """Find the marks among the comments; what only looks like one is an error, since a solution would be shipped."""
    for token in _tokens(source):
        if token.type != tokenize.COMMENT or not _LOOKS_LIKE_A_MARK.match(token.string):
            continue
        line, column = token.start
        if not (token.string in (BEGIN, END) or token.string.startswith(STUDENT)):
            raise _error(name, line, f"`{token.string}` is no mark", f"Write `{BEGIN}`, `{END}` or `{STUDENT} ...`.")
        if token.line[:column].strip():
            raise _error(name, line, f"`{token.string}` stands behind code", "Give it a line of its own.")
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
        raise _error(name, begin.line, "the solution that begins here is not closed", f"Add `{END}`.")
    return blocks


def _require_directly_below(begin: _Mark | None, student: Sequence[_Mark], mark: _Mark, name: str) -> None:
    if begin is None or mark.line != begin.line + len(student) + 1:
        what = f"`{mark.text}` does not stand directly below `{BEGIN}`"
        raise _error(name, mark.line, what, "Move it there.")


def _block(begin: _Mark | None, end: _Mark, student: tuple[_Mark, ...], name: str) -> _Block:
    if begin is None:
        raise _error(name, end.line, f"`{END}` without `{BEGIN}`", f"Add `{BEGIN}` above the solution.")
    if begin.column != end.column:
        what = f"`{END}` is indented by {end.column}, `{BEGIN}` on line {begin.line} by {begin.column}"
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
    return [f"{indent}# TODO: write {function}.", f'{indent}raise NotImplementedError("{function}: not written yet")']


def _function_around(block: _Block, tree: ast.Module, name: str) -> str | None:
    """Name the function, with its class, that holds a block; None at module or class level."""
    homes = {home for statement, home in _outermost(tree, block)}
    if not homes:
        raise _error(name, block.begin.line, "the solution is empty", "Put the marks around code.")
    if len(homes) > 1 or any((statement.end_lineno or 0) > block.end.line for statement, _ in _outermost(tree, block)):
        what = f"the solution that begins on line {block.begin.line} ends in another function or statement"
        raise _error(name, block.end.line, what, "Mark the solution of each function by itself.")
    return homes.pop()


def _outermost(tree: ast.Module, block: _Block) -> Iterator[tuple[ast.stmt, str | None]]:
    """Find the statements that begin in a block but not inside each other, and the function each lies in."""
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


# an assignment ----------------------------------------------------------------------------------------------


def templates_of(assignment: Assignment) -> dict[str, str]:
    """Render every declared file.

    Raises
    ------
    CourseError
        As `render_template`, or if a file marks no solution: the template would be the reference.
    """
    rendered: dict[str, str] = {}
    for name, source in assignment.reference_sources().items():
        where = assignment.relative(assignment.reference / name)
        rendered[name] = render_template(source, where)
        if rendered[name] == source:
            raise CourseError(
                f"{where}: no solution is marked, so students would get the reference.",
                hint=f"Put `{BEGIN}` and `{END}` around what they shall write.",
            )
    return rendered


def stale_files(assignment: Assignment) -> list[Path]:
    """Find the files of the template that are missing, are not as `templates_of` makes them, or are too many."""
    rendered = templates_of(assignment)
    made = [
        assignment.template / name for name, text in rendered.items() if _text_of(assignment.template / name) != text
    ]
    return made + _strangers(assignment)


def write_template(assignment: Assignment) -> list[Path]:
    """Bring the template up to date; what was written or removed."""
    rendered = templates_of(assignment)
    stale = stale_files(assignment)
    assignment.template.mkdir(parents=True, exist_ok=True)
    for path in stale:
        if path.name in rendered:
            path.write_text(rendered[path.name], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return stale


def _text_of(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None


def _strangers(assignment: Assignment) -> list[Path]:
    return [path for path in sorted(assignment.template.glob("*.py")) if path.name not in assignment.files]


# the command ------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check templates; the exit code is 1 if a checked one is stale."""
    parser = argparse.ArgumentParser(prog="python -m autograder.release", description="Make student templates.")
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="ids; all of the course by default")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a template is stale")
    parser.add_argument(
        "--course", type=Path, default=Path(), metavar="DIR", help="the course; by default the one here"
    )
    options = parser.parse_args(arguments)
    try:
        return _release(find_course(options.course), options.assignments, is_check=options.check)
    except AutograderError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def _release(course: Path, ids: Sequence[str], *, is_check: bool) -> int:
    is_stale = False
    for assignment_id in ids or find_assignments(course):
        assignment = load_assignment(course, assignment_id)
        paths = stale_files(assignment) if is_check else write_template(assignment)
        for path in paths:
            sys.stdout.write(f"{'stale' if is_check else 'wrote'} {assignment.relative(path)}\n")
        is_stale = is_stale or bool(paths)
    return 1 if is_check and is_stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
