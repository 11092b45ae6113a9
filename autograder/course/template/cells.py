"""A module as the cells of a notebook.

A cell holds one function. Docstrings and section comments are text above it.

::

    \"\"\"Layers.\"\"\"              # Layers                    text
    import numpy as np         import numpy as np          code
    # affine                   ## affine                   text
    def forward(x):            ### forward(x)              text
        \"\"\"Return x.\"\"\"         Return x.
        return x               def forward(x):             code
                                   return x

What is code in the module is code in the cells, line for line; what a student fills in there is
graded as it is here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.course.notebooks import NotebookCell

__all__ = ["cells_of"]

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_RULE = re.compile(r"^[\s#=*-]+|[\s=*-]{3,}$")
_UNDERLINE = re.compile(r"^-{3,}$")
_IS_PREFORMATTED = re.compile(r"^(>>> |\.\.\. )|\S {2,}\S", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of the module that belong together.

    `text` stands above them.
    """

    text: str
    code: str
    is_definition: bool = False


def cells_of(source: str) -> tuple[NotebookCell, ...]:
    """Split a module into cells.

    Parameters
    ----------
    source
        Python; the text of a template.
    """
    cells: list[NotebookCell] = []
    for part in _merged(_parts(source)):
        if part.text:
            cells.append(NotebookCell(0, part.text))
        if part.code.strip():
            cells.append(
                NotebookCell(1 + sum(cell.code > 0 for cell in cells), part.code.strip("\n"))
            )
    return tuple(cells)


def _merged(parts: Iterator[_Part]) -> list[_Part]:
    """Join statements that have no text between them into one cell.

    Definitions keep their own cells.
    """
    merged: list[_Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if last and last.code and not part.text and not (part.is_definition or last.is_definition):
            merged[-1] = _Part(last.text, f"{last.code}\n{part.code}")
        else:
            merged.append(part)
    return merged


def _parts(source: str) -> Iterator[_Part]:
    lines = source.split("\n")
    tree = ast.parse(source)
    end = 0  # lines that are dealt with
    for statement in tree.body:
        begin = _first_line(statement) - 1
        begin, loose = _comments_before(lines, end, begin)
        yield from (_Part(_heading(text), "") for text in loose)
        end = statement.end_lineno or begin
        code = "\n".join(lines[begin:end])
        if _is_docstring(statement, tree):
            yield _Part(_markdown(ast.get_docstring(tree) or "", "# "), "")
        elif isinstance(statement, _Definition):
            yield _definition(statement, lines, begin)
        else:
            yield _Part("", code)
    _, loose = _comments_before([*lines, ""], end, len(lines) + 1)
    yield from (_Part(_heading(text), "") for text in loose)


def _is_docstring(statement: ast.stmt, tree: ast.Module) -> bool:
    return statement is tree.body[0] and ast.get_docstring(tree) is not None


def _first_line(statement: ast.stmt) -> int:
    decorators: Sequence[ast.expr] = getattr(statement, "decorator_list", ())
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _comments_before(lines: Sequence[str], end: int, begin: int) -> tuple[int, list[list[str]]]:
    """Return a statement's first line and the comments apart from it.

    Comments that touch the statement belong to it.
    """
    blocks: list[list[str]] = [[]]
    for line in lines[end:begin]:
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    touching = blocks.pop()
    return begin - len(touching), blocks


def _heading(comments: Sequence[str]) -> str:
    """Return comments as a heading or a paragraph.

    One line heads a section; more lines are a paragraph.
    """
    texts = [_RULE.sub("", line) for line in comments]
    return f"## {texts[0]}" if len(texts) == 1 else "\n".join(texts)


def _definition(statement: _Definition, lines: Sequence[str], begin: int) -> _Part:
    """A function or class, its docstring taken out of the code."""
    docstring = ast.get_docstring(statement)
    if docstring is None or len(statement.body) == 1:
        return _Part("", "\n".join(lines[begin : statement.end_lineno]), is_definition=True)
    first = statement.body[0]
    end = statement.body[1].lineno - 1
    between = [line for line in lines[first.end_lineno or end : end] if line.strip()]
    code = [*lines[begin : first.lineno - 1], *between, *lines[end : statement.end_lineno]]
    text = _markdown(docstring, f"### `{_signature(statement)}`\n\n")
    return _Part(text, "\n".join(code), is_definition=True)


def _signature(statement: _Definition) -> str:
    if isinstance(statement, ast.ClassDef):
        return f"class {statement.name}"
    return f"{statement.name}({ast.unparse(statement.args)})"


def _markdown(docstring: str, before: str) -> str:
    """Return a docstring as Markdown.

    Its sections become bold. Aligned lines and examples that run are set as they are.
    """
    lines = docstring.split("\n")
    kept: list[str] = []
    for place, line in enumerate(lines):
        if place + 1 < len(lines) and _UNDERLINE.match(lines[place + 1]):
            kept += [f"**{line.strip()}**", ""]
        elif not _UNDERLINE.match(line):
            kept.append(line)
    blocks = re.split(r"\n{2,}", "\n".join(kept))
    return before + "\n\n".join(_block(block) for block in blocks)


def _block(block: str) -> str:
    if _IS_PREFORMATTED.search(block):
        return f"```text\n{block}\n```"
    lines = block.split("\n")
    if any(line.startswith("    ") for line in lines) and not lines[0].startswith(
        " "
    ):  # a list of terms
        return "\n".join(
            f"  {line.strip()}" if line.startswith(" ") else f"- `{line}`" for line in lines
        )
    return block
