"""The files of a new assignment, as texts.

Everything that an author has to think about says ``TODO``.
"""

from __future__ import annotations

import ast
import copy
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.authoring.domains import Argument
from autograder.authoring.guess import Calls
from autograder.authoring.targets import MutantDraft, Target
from autograder.remote import Submission

__all__ = [
    "SKELETON",
    "SkeletonExercise",
    "render_handout",
    "render_hidden",
    "render_mutant",
    "render_public",
    "render_settings",
]

POINTS, PUBLIC_POINTS = 10, 2

#: The reference of an assignment that has none yet.
SKELETON = '''"""TODO: say what this file is about."""

import numpy as np


def centre(x):
    """Return x with mean 0 in every column. TODO: put your own functions here.

    Parameters
    ----------
    x : array, shape (N, D)

    Returns
    -------
    array, shape (N, D)
    """
    # BEGIN SOLUTION
    return x - np.mean(x, axis=0)
    # END SOLUTION
'''


@dataclass(frozen=True, slots=True)
class SkeletonExercise:
    """An exercise as the skeleton writes it.

    It has an id, a function or class that students write, and a way to call that.

    Attributes
    ----------
    frameworks
        Those that its functions need.
    provided
        Functions of other exercises that it calls.
    """

    id: str
    target: Target
    calls: Calls
    mutation: MutantDraft | None
    frameworks: tuple[str, ...] = ()
    provided: tuple[str, ...] = ()


def render_settings(
    title: str,
    files: Sequence[str],
    exercises: Sequence[SkeletonExercise],
    packages: Sequence[str],
    frameworks: Sequence[str],
) -> str:
    """``assignment.toml``."""
    lines = [
        f"title = {_quoted(title)}",
        f"files = [{', '.join(map(_quoted, files))}]",
        f"points = {POINTS * len(exercises)}",
        *(
            [f"packages = [{', '.join(map(_quoted, packages))}]"]
            if list(packages) != ["numpy"]
            else []
        ),
        *([f"frameworks = [{', '.join(map(_quoted, frameworks))}]"] if frameworks else []),
        "",
        "[limits]",
        "timeout_s = 10   # CPU time of a criterion; the reference should need a tenth of it",
        *(["memory_mib = 2048"] if frameworks else []),
        "",
        "[exercises]",
        *(f"{one.id} = {POINTS}   # {one.target.name}" for one in exercises),
    ]
    return "\n".join(lines) + "\n"


def render_handout(
    title: str, files: Sequence[str], exercises: Sequence[SkeletonExercise], installed: str
) -> str:
    """Return the text of ``README.md``.

    `installed` is the paragraph on the packages of the machine that grades.
    """
    listed = " and ".join(f"`{name}`" for name in files)
    points = POINTS * len(exercises)
    head = f"""# {title}

TODO: say what this is about, and why it is worth the work.

You hand in {listed}. {points} points. Nothing that is passed in is changed.

{installed}"""
    return "\n".join([head, *map(_section, exercises)])


def _section(exercise: SkeletonExercise) -> str:
    target = exercise.target
    summary = target.summary or "TODO: say what it does, with a formula where there is one."
    before = f"{target.name}." if target.is_class else ""
    signatures = "\n".join(
        f"{before}{one.name}({_parameters(one.node, target)}) -> TODO" for one in target.methods
    )
    return f"""## {exercise.id.upper()} `{target.name}` · {POINTS} points

{summary}

```python
{signatures}
```
"""


def _parameters(node: ast.FunctionDef, target: Target) -> str:
    """Return a function's parameters in a caller's view.

    They have defaults, but no ``self`` and no types.
    """
    given = copy.deepcopy(node.args)
    words = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    for word in words:
        if word is not None:
            word.annotation = None
    is_static = any(
        isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list
    )
    first = given.posonlyargs or given.args
    if (
        target.is_class
        and not is_static
        and len(given.posonlyargs + given.args) > len(given.defaults)
    ):
        del first[0]
    return ast.unparse(given)


def render_hidden(exercise: SkeletonExercise) -> str:
    """Return the text of ``rubric/test_ID.py``.

    It has three draws, compared with the reference.
    """
    name = exercise.target.name
    body = _warn_of_signs(exercise, indent=8) + _calls(exercise, "drawn", indent=8)
    return f'''"""{exercise.target.name}"""

{_imports(exercise)}

@criterion(
    "{name}: values",
    points={POINTS - PUBLIC_POINTS},
{_keywords(exercise)}    hint="TODO: name the mistake that is likeliest in {name}, \
and how to see it.",
)
def test_{exercise.id}_values(submission, reference, rng):
    for _ in range(3):  # TODO: other shapes, and edge cases by hand: a batch of one, \
no square arrays
{body}'''


def render_public(exercise: SkeletonExercise) -> str:
    """Return the text of ``rubric/public/test_ID.py``.

    It has the same numbers for every student.
    """
    name = exercise.target.name
    body = _warn_of_signs(exercise, indent=4) + _calls(exercise, "fixed", indent=4)
    return f'''"""{exercise.target.name}"""

{_imports(exercise)}

@criterion(
    "{name}: an example to do by hand",
    points={PUBLIC_POINTS},
{_keywords(exercise)}    hint="TODO: say what comes out of {name} here, and why.",
)
def test_{exercise.id}_example(submission, reference):
{body}'''


def render_mutant(exercise: SkeletonExercise, number: str) -> str:
    """Return the text of a first mutant.

    It is a change that the criteria notice.
    """
    assert exercise.mutation is not None
    definition = ast.parse(exercise.mutation.source).body[0]
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    text = (
        f"{exercise.mutation.what[:1].upper()}{exercise.mutation.what[1:]}. TODO: a mistake "
        "that students make."
    )
    body = definition.body[1:] if ast.get_docstring(definition) is not None else definition.body
    definition.body = [ast.Expr(ast.Constant(text)), *body]
    loses = _listed([f"{exercise.id}_values", f"{exercise.id}_example"])
    mark = f"@mutant({_quoted(number)}, loses={loses}, file={_quoted(exercise.target.file)})"
    head = f'"""Mistakes: {exercise.target.name}."""\n\nfrom autograder.rubric import mutant\n'
    return f"{head}\n\n{mark}\n{ast.unparse(definition)}\n"


def _imports(exercise: SkeletonExercise) -> str:
    text = _expressions(exercise)
    lines = ["import numpy as np\n"] if "np." in text else []
    check = "assert_parameters" if exercise.calls.is_model else "assert_close"
    if set(exercise.calls.arguments) & set(_OF_HANDLES):
        lines.append("from autograder.remote import hold")
    return "\n".join([*lines, f"from autograder.rubric import {check}, criterion", ""])


def _expressions(exercise: SkeletonExercise) -> str:
    """Everything that its criteria do."""
    arguments = [one for call in exercise.calls.arguments.values() for one in call.values()]
    return "".join(f"{one.drawn} {one.fixed} {one.reference}" for one in arguments)


def _keywords(exercise: SkeletonExercise) -> str:
    words = [f"    tests={_listed(exercise.target.tested)},"]
    words += [f"    provided={_listed(exercise.provided)},"] if exercise.provided else []
    words += (
        [f"    uses=({', '.join(map(_quoted, exercise.frameworks))},),"]
        if exercise.frameworks
        else []
    )
    return "".join(f"{word}\n" for word in words)


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, names))}]"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _calls(exercise: SkeletonExercise, sort: str, indent: int) -> str:
    """Lines that draw arguments, call submission and reference, and compare."""
    if not exercise.calls.arguments:
        lines = _not_guessed(exercise)
    elif exercise.target.is_class:
        lines = _class_calls(exercise, sort)
    else:
        ((name, arguments),) = exercise.calls.arguments.items()
        theirs, ours = (
            f"{_named(who, name)}({_given(exercise, name, who)})"
            for who in ("submission", "reference")
        )
        lines = _drawn(arguments, sort)
        if exercise.calls.is_model:
            lines.append(
                "# TODO: what the layers are (assert_layers), and what it answers (weights_of, "
                "predict)"
            )
            lines.append(f"assert_parameters({theirs}, {ours}.count_params())")
        else:
            lines.append(f"assert_close({theirs}, {ours})")
    return textwrap.indent("\n".join(lines) + "\n", " " * indent)


def _warn_of_signs(exercise: SkeletonExercise, indent: int) -> str:
    """Return a comment on answers with either sign.

    It tells an author what to do where a right answer may have the other sign.
    """
    if not exercise.target.has_signs or not exercise.calls.arguments:
        return ""
    lines = [
        (
            f"# TODO: {exercise.target.name} decomposes a matrix: with either sign, its vectors "
            "are right. If the answer"
        ),
        (
            "# depends on these signs, compare what does not, such as projections back, or np.abs "
            "of both sides."
        ),
    ]
    return textwrap.indent("\n".join(lines) + "\n", " " * indent)


def _class_calls(exercise: SkeletonExercise, sort: str) -> list[str]:
    calls = dict(exercise.calls.arguments)
    made = calls.pop("__init__", {})
    name = exercise.target.name
    theirs, ours = (
        f"{_named(who, name)}({_given(exercise, '__init__', who)})"
        for who in ("submission", "reference")
    )
    lines = [*_drawn(made, sort), f"found, expected = {theirs}, {ours}"]
    for method, arguments in calls.items():
        call = "" if method == "__call__" else f".{method}"
        found = "hold(found)" if method in _OF_HANDLES else "found"
        theirs = f"{found}{call}({_given(exercise, method, 'submission')})"
        ours = f"expected{call}({_given(exercise, method, 'reference')})"
        lines += _drawn(arguments, sort)
        lines += (
            [theirs, ours]
            if method in exercise.calls.silent
            else [f"assert_close({theirs}, {ours})"]
        )
    return lines


#: Attributes of an object of the submission that are the handle's own.
_OF_HANDLES = ("value", "type_name")
#: Names that mean something else in a criterion.
_TAKEN = ("rng", "submission", "reference", "np", "found", "expected", "_")


def _named(who: str, name: str) -> str:
    """Return the expression for a function of a fixture.

    Some names are those of the fixture's own methods.
    """
    is_own = who == "submission" and (
        hasattr(Submission, name) or name == "facts" or name.startswith("_")
    )
    return f"{who}[{_quoted(name)}]" if is_own else f"{who}.{name}"


def _variable(name: str) -> str:
    return "seed" if name == "rng" else f"{name}_" if name in _TAKEN else name


def _drawn(arguments: dict[str, Argument], sort: str) -> list[str]:
    return [f"{_variable(name)} = {getattr(one, sort)}" for name, one in arguments.items()]


def _given(exercise: SkeletonExercise, method: str, who: str) -> str:
    """Return the arguments of a call to submission or reference."""
    words = []
    named = {
        p.name
        for one in exercise.target.methods
        if one.name == method
        for p in one.parameters
        if p.is_named
    }
    for name, one in exercise.calls.arguments.get(method, {}).items():
        value = getattr(one, who).format(_variable(name))
        words.append(f"{name}={value}" if name in named else value)
    return ", ".join(words)


def _not_guessed(exercise: SkeletonExercise) -> list[str]:
    """Return the lines for a call without arguments.

    The author sees them at once, in every proof.
    """
    name = exercise.target.name
    why = re.sub(r"\s+", " ", exercise.calls.why).replace('"', "'")
    return [
        f"# No arguments could be guessed for {name}; the first guess failed: {why}",
        (
            f'raise NotImplementedError("TODO: call {name} of submission and reference, and '
            'compare with assert_close")'
        ),
    ]
