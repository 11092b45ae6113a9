"""The agreement of an assignment's trees, and the parts not written yet.

Reference, template, handout and rubric must speak of the same functions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.course import Assignment, CriterionInfo
from autograder.course.criteria import find_shown_todos, find_todos
from autograder.prove.model import Finding
from autograder.release.handout import BEGINNING, render_installed

_FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SIGNATURE = re.compile(r"^(?:def )?([A-Za-z_]\w*)\(", re.MULTILINE)
_OPENING, _CLOSING = "([{", ")]}"


def find_disagreements(
    assignment: Assignment, criteria: Sequence[CriterionInfo]
) -> Iterator[Finding]:
    """Yield the disagreements between the trees.

    Names under test must be in reference, template and handout; functions must have the same
    parameters in all three; no public criterion may contain what a hidden one tests word for word;
    and where the handout has the paragraph on what is installed, it must be that of the settings.
    """
    reference = _parameters(assignment.reference_sources())
    template = _parameters(assignment.template_sources())
    path = assignment.folder / "README.md"
    if not path.is_file():
        yield _finding(f"there is no handout: {assignment.relative(path)} is missing")
    handout = path.read_text(encoding="utf-8") if path.is_file() else ""
    shown = dict(_handout_signatures(handout))
    for name in dict.fromkeys(name for one in criteria for name in one.tests):
        own = reference.get(name)
        if own is not None and template.get(name) != own:
            yield _finding(
                f"the template's `{name}` takes {_listed(template.get(name))}, the reference's "
                f"{_listed(own)}"
            )
        if name in shown and own is not None and shown[name] != own:
            yield _finding(
                f"the handout's `{name}` takes {_listed(shown[name])}, the reference's "
                f"{_listed(own)}"
            )
        last = re.escape(name.rpartition(".")[2].strip("_"))
        if handout and not re.search(
            rf"(?<![^\W_]){last}(?![^\W_])", handout
        ):  # `len` is found in `__len__`
            yield _finding(f"the handout does not speak of `{name}`, which is tested")
    yield from _shown_and_hidden(assignment)
    yield from _stale_paragraph(assignment, handout)


def _stale_paragraph(assignment: Assignment, handout: str) -> Iterator[Finding]:
    settings = assignment.settings
    due = render_installed(settings.packages, settings.frameworks, settings.imports.forbidden)
    if BEGINNING in handout and " ".join(due.split()) not in " ".join(handout.split()):
        yield _finding(
            "the handout's paragraph on what is installed is not that of assignment.toml, "
            f"which is: {' '.join(due.split())}"
        )


def _finding(what: str) -> Finding:
    return Finding(subject="trees", what=what)


def _listed(parameters: Sequence[str] | None) -> str:
    return f"({', '.join(parameters)})" if parameters is not None else "(it is not there)"


def _parameters(sources: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Names of the parameters of every function and method."""
    return {
        name: found
        for text in sources.values()
        for name, found in _in_body(ast.parse(text).body, "")
    }


def _in_body(body: Iterable[ast.stmt], prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            given = node.args
            words = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
            yield prefix + node.name, tuple(word.arg for word in words if word is not None)
        elif isinstance(node, ast.ClassDef):
            yield from _in_body(node.body, f"{prefix}{node.name}.")


def _handout_signatures(handout: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the signatures in the handout's code blocks.

    They are lines that begin with a call and go on with an arrow.
    """
    for block in _FENCED.findall(handout):
        for start in _SIGNATURE.finditer(block):
            parts, end = _split(block, start.end())
            if re.match(r"\s*->", block[end:]):
                yield start[1], tuple(name for part in parts if (name := _parameter_name(part)))


def _parameter_name(part: str) -> str:
    return re.split(r"[:=]", part, maxsplit=1)[0].strip().lstrip("*/").strip()


def _split(text: str, start: int) -> tuple[list[str], int]:
    """Return the parts between commas, and their end.

    The end is the bracket that closes.
    """
    parts, depth = [""], 1
    for place in range(start, len(text)):
        letter = text[place]
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth == 0:
            return parts, place + 1
        if letter == "," and depth == 1:
            parts.append("")
        else:
            parts[-1] += letter
    return parts, len(text)


def _shown_and_hidden(assignment: Assignment) -> Iterator[Finding]:
    """Yield public criteria that equal a hidden one.

    They are word for word the same, so that a student who has seen one has seen the other.
    """
    public = assignment.rubric / "public"
    hidden = {
        body: name
        for path in sorted(assignment.rubric.glob("test_*.py"))
        for name, body in _tests_of(path)
    }
    for path in sorted(public.glob("test_*.py")):
        for name, body in _tests_of(path):
            if body in hidden:
                yield _finding(
                    f"the public criterion {name} is word for word the hidden {hidden[body]}"
                )


def _tests_of(path: Path) -> Iterator[tuple[str, str]]:
    """Criteria of a rubric's file, each with its statements without the docstring."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name.removeprefix("test_"), "\n".join(map(ast.dump, body))


def find_unfinished(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Finding]:
    """Hints, titles, the handout, mutants and variants that still say TODO."""
    for what in (*find_shown_todos(assignment, criteria), *find_todos(assignment)):
        yield Finding(subject="unfinished", what=what)
