"""Rules about a submission's source: what it must not use [FORB].

The facts come from the syntax tree, read in the sandbox; imports and simple assignments are followed, so that
``from numpy import vectorize as v`` is found. What a program computes (``getattr(np, "vec" + "torize")``) no rule of
the source finds: rest few points on these, beside a check of what the function does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograder.inside.looking import is_within
from autograder.rubric import wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import CheckFailed, counted, note

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from autograder.assignment.facts import DefinitionFacts, ImportFact, SourceFacts


@counted
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
    """Check that functions of the submission, and what they call of it, do not use something [FORB].

    Top-level code counts, too: ``vec = np.vectorize(f)`` there is used by a function that says ``vec``. The cells of a
    notebook do not, since students try things out in them, unless a function is defined there in another way than by
    ``def``.

    Parameters
    ----------
    submission
        The fixture.
    names
        What must not be used: ``"einsum"`` for anything of this name, ``"numpy.einsum"`` for one thing,
        ``"scipy.signal.*"`` for all of a module, ``"*.solve"`` for an attribute of anything.
    modules
        Packages or modules that must not be used, with all that is in them.
    functions
        The functions (or ``Class.method``) that the rule is about; all of them by default.
    c_loops
        Whether iteration inside C is forbidden: ``map``, ``filter``, ``numpy.vectorize``, ``itertools`` and the like,
        which `assert_vectorised` cannot see.

    Raises
    ------
    CheckFailed
        Of kind "source", with function, file and line.
    CourseError
        If there is no rule.

    Examples
    --------
    ::

        assert_avoids(submission, functions=["conv_forward_im2col"], modules=["scipy"], c_loops=True)
    """
    if not names and not modules and not c_loops:
        raise refuse("assert_avoids", "one of names, modules and c_loops must be given, got none")
    facts = source_facts(submission)
    if facts is None:
        note("rules about the source were not checked here")
        return
    code = _code(facts, functions)
    rules = [*names, *(entry for module in modules for entry in (module, f"{module}.*"))]
    for piece in code:
        used = _forbidden_use(piece, rules) or (c_loops and next(iter(sorted(piece.c_iteration)), None))
        if used:
            raise CheckFailed(f"{_where(piece)} uses {used}, which is not allowed here.", "source")
    for one in _imports(facts, code):
        if any(is_within(one.module, module) for module in modules):
            place = _place(one.file, one.line, one.cell)
            raise CheckFailed(f"{place} imports {one.module}, which is not allowed here.", "source")


def source_facts(submission: Any) -> SourceFacts | None:
    """Return what is known of a submission's source; None for trusted code, which nobody read."""
    facts: SourceFacts | None = submission.facts
    if not isinstance(facts, Mapping):
        return facts
    from autograder.assignment.facts import SourceFacts as Parsed  # noqa: PLC0415  # pydantic comes with it

    return Parsed.from_wire(facts)


def _code(facts: SourceFacts, functions: Sequence[str]) -> list[DefinitionFacts]:
    """Return what a rule looks at: the functions, what they reach, and top-level code."""
    if not functions or any(facts.find(name) is None for name in functions):
        return [*facts.definitions, *facts.modules]
    return [*facts.reach(*functions), *(module for module in facts.modules if not module.cell)]


def _imports(facts: SourceFacts, code: Sequence[DefinitionFacts]) -> Iterator[ImportFact]:
    """Yield the imports inside the functions that a rule looks at, and those of everything in a module."""
    inside = {(piece.file, piece.qualname) for piece in code if piece.qualname}
    for one in facts.imports:
        if (one.file, one.function) in inside or "*" in one.names:
            yield one


def _forbidden_use(piece: DefinitionFacts, rules: Sequence[str]) -> str | None:
    """Return the first forbidden thing that a piece of code uses, as the rule or the code calls it."""
    for rule in rules:
        if "." not in rule and rule in piece.names:
            return rule
        found = next((name for name in sorted(piece.dotted) if _matches(name, rule)), None)
        if found:
            return found
    return None


def _matches(dotted: str, rule: str) -> bool:
    if rule.startswith("*."):
        return "." in dotted and dotted.rpartition(".")[2] == rule[2:]
    if rule.endswith(".*"):
        return dotted.startswith(rule[:-1])
    return dotted == rule or ("." not in rule and dotted.rpartition(".")[2] == rule)


def _where(piece: DefinitionFacts) -> str:
    place = _place(piece.file, piece.line, piece.cell)
    return f"{piece.qualname} ({place})" if piece.qualname else f"The top level of {place.partition(', line')[0]}"


def _place(file: str, line: int, cell: int) -> str:
    return f"{file}, cell {cell}, line {line}" if cell else f"{file}, line {line}"
