"""Arguments to call a function with, guessed from what is written about its parameters, and tried on the reference.

Run as ``python -m autograder.authoring.guess PLAN ANSWER``, in a process of its own: the reference may do anything.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignment import load_assignment
from autograder.authoring.mutations import Mutation
from autograder.authoring.targets import Parameter, Target
from autograder.errors import AutograderError
from autograder.examiner.reference import load_reference
from autograder.wire import WireError, encode

__all__ = ["Calls", "try_targets"]

MAX_TRIES = 300
TIMEOUT_S = 120.0
_SIZES = (
    4,
    3,
    5,
    2,
    6,
)  # of axes in the order in which their letters appear: no two the same, so that none is mistaken
_SHAPE = re.compile(r"(?:shape\s*|\[|^)\(?((?:[A-Z]\w*|\d+)(?:\s*,\s*(?:[A-Z]\w*|\d+))*)\s*,?\s*[\])]")


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as two expressions: drawn with ``rng``, and always the same."""

    drawn: str
    fixed: str


@dataclass(frozen=True, slots=True)
class Calls:
    """How a target can be called.

    Attributes
    ----------
    arguments
        By method (and for a class ``__init__``), the name and the argument of each parameter; empty where none was found.
    why
        What went wrong with the last guess, where none was found.
    mutation
        Place of the first mutation whose answers differ, None without one.
    """

    arguments: dict[str, dict[str, Argument]]
    why: str = ""
    mutation: int | None = None


# guessing ---------------------------------------------------------------------------------------------------


def array(shape: Sequence[int]) -> Argument:
    """Real numbers."""
    size = tuple(shape)
    return Argument(f"rng.normal(size={size})", f"np.linspace(-1.0, 1.0, {prod(size)}).reshape({size})")


def whole_numbers(shape: Sequence[int], upper: int) -> Argument:
    """Labels or indices."""
    size = tuple(shape)
    return Argument(f"rng.integers({upper}, size={size})", f"np.arange({prod(size)}).reshape({size}) % {upper}")


REAL = Argument("float(rng.uniform(0.1, 0.9))", "0.5")
WHOLE = Argument("int(rng.integers(1, 4))", "2")
_BY_NAME: tuple[tuple[str, tuple[Argument, ...]], ...] = (
    (r"rng|generator", (Argument("np.random.default_rng(3)", "np.random.default_rng(5)"),)),
    (r"seed", (Argument("3", "5"),)),
    (r"y(_true)?|labels?|targets?|t", (whole_numbers((4,), 3), array((4,)), array((4, 3)))),
    (r"w|weights?|W", (array((3, 2)), array((3,)), array((3, 4)))),
    (r"b|bias|gamma|beta|mean|var|mu", (array((2,)), array((3,)), REAL)),
    (r"d[a-z]*out|dy|dz|grad\w*|g", (array((4, 3)), array((4, 2)), array((4,)))),
    (r"lr|learning_rate|eps\w*|p|alpha|momentum|reg|tau|rate|decay\w*|factor|lam\w*", (REAL,)),
    (r"n\w*|k|steps|num\w*|size|axis|depth|width|epochs|every|max\w*", (WHOLE,)),
)
_ANYTHING = (array((4, 3)), array((3,)), array((4,)), REAL, WHOLE)


def guesses(parameter: Parameter, axes: dict[str, int]) -> tuple[Argument, ...]:
    """Arguments to try for a parameter, the likeliest first.

    Parameters
    ----------
    axes
        Sizes of the axes that were met so far; letters that are new are added.
    """
    says = re.sub(r"d_?[01]?, *\.\.\.,? *d_?\w", "D", parameter.says)  # (N, d1, ..., dk)
    shape = _SHAPE.search(says)
    is_whole = re.search(r"\bints?\b|\binteger|\blabels?\b", says) is not None
    if shape:
        sizes = [int(part) if part.isdigit() else _size(part, axes) for part in re.split(r"\s*,\s*", shape[1])]
        return (whole_numbers(sizes, axes.get("C", 3)),) if is_whole else (array(sizes),)
    if re.search(r"\bfloat\b|\bnumber\b|\breal\b", says):
        return (REAL,)
    if is_whole:
        return (WHOLE, whole_numbers((4,), 3))
    for names, arguments in _BY_NAME:
        if re.fullmatch(names, parameter.name):
            return (*arguments, *_ANYTHING)
    return _ANYTHING


def _size(letter: str, axes: dict[str, int]) -> int:
    return axes.setdefault(letter, _SIZES[len(axes) % len(_SIZES)])


# trying -----------------------------------------------------------------------------------------------------


def try_targets(
    course: Path, assignment_id: str, targets: Sequence[Target], mutations: Sequence[Sequence[Mutation]]
) -> list[Calls]:
    """Find arguments that the reference takes, and for each target a mutation that answers otherwise.

    What takes too long has no arguments; nothing is raised.
    """
    plan = [
        {
            "target": one.name,
            "is_class": one.is_class,
            "calls": {name: [(p.name, [asdict(g) for g in gs]) for p, gs in call] for name, call in _planned(one)},
            "mutations": [mutation.source for mutation in changed],
        }
        for one, changed in zip(targets, mutations, strict=True)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        question, answer = Path(scratch, "plan.json"), Path(scratch, "answer.json")
        question.write_text(json.dumps([str(course), assignment_id, plan]), encoding="utf-8")
        command = [sys.executable, "-m", "autograder.authoring.guess", str(question), str(answer)]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT_S, check=False)  # noqa: S603
        found = json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else []
    late = Calls({}, "the reference did not come to an end")
    return [*map(_calls, found), *[late] * (len(targets) - len(found))]


def _planned(target: Target) -> Iterator[tuple[str, list[tuple[Parameter, tuple[Argument, ...]]]]]:
    axes = {"N": 4, "D": 3}  # as what is tried where no shape is written
    parts = [("__init__", target.made_with)] if target.is_class else []
    for name, parameters in [*parts, *((one.name, one.parameters) for one in target.methods)]:
        yield name, [(one, guesses(one, axes)) for one in parameters]


def _calls(found: dict[str, Any]) -> Calls:
    arguments = {
        name: {parameter: Argument(**one) for parameter, one in call.items()}
        for name, call in found["arguments"].items()
    }
    return Calls(arguments, found["why"], found["mutation"])


def main() -> None:
    """Answer a plan, target by target, so that what was found is kept when the time is over."""
    course, assignment_id, plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    answers: list[dict[str, Any]] = []
    try:
        reference = load_reference(load_assignment(Path(course), assignment_id))
    except AutograderError as error:
        reference, why = None, str(error)
    for one in plan:
        if reference is None:
            answers.append({"arguments": {}, "why": why, "mutation": None})
        else:
            answers.append(_try(getattr(reference, one["target"]), one))
        partial = Path(f"{sys.argv[2]}.part")
        partial.write_text(json.dumps(answers), encoding="utf-8")
        partial.replace(sys.argv[2])


def _try(function: Any, plan: dict[str, Any]) -> dict[str, Any]:
    names = [(name, parameter) for name, call in plan["calls"].items() for parameter, _ in call]
    options = [guesses for call in plan["calls"].values() for _, guesses in call]
    why = "it was given nothing"
    for chosen in itertools.islice(itertools.product(*options), MAX_TRIES):
        arguments: dict[str, dict[str, Any]] = {name: {} for name in plan["calls"]}
        for (name, parameter), argument in zip(names, chosen, strict=True):
            arguments[name][parameter] = argument
        try:
            expected = [_answers(function, arguments, plan["is_class"], key) for key in ("drawn", "fixed")]
        except Exception as error:  # noqa: BLE001 - whatever the reference says to such arguments
            why = f"{type(error).__name__}: {error}"[:200]
            continue
        place = next(
            (n for n, one in enumerate(plan["mutations"]) if _differs(function, one, arguments, expected)), None
        )
        return {"arguments": arguments, "why": "", "mutation": place}
    return {"arguments": {}, "why": why, "mutation": None}


def _answers(function: Any, arguments: dict[str, Any], is_class: bool, key: str) -> list[Any]:  # noqa: FBT001
    """Call a function, or make an instance and call its methods; what comes back must be a value."""
    names = {"rng": np.random.default_rng(0), "np": np}
    given = {
        name: [eval(one[key], names) for one in call.values()]  # noqa: S307 - expressions of this module
        for name, call in arguments.items()
    }
    if is_class:
        instance = function(*given.pop("__init__"))
        answers = [getattr(instance, name)(*values) for name, values in given.items()]
    else:
        answers = [function(*values) for values in given.values()]
    for answer in answers:
        _require_numbers(answer)
    return answers


def _require_numbers(answer: Any) -> None:
    """Raise where an answer cannot be compared: it is no number, array, text, or tuple of these."""
    try:
        encode(answer)
    except WireError as error:
        raise TypeError(f"it returned what is no value: {error}") from error
    if answer is None or not np.all(np.isfinite(_flat(answer))):
        raise ValueError("it returned nothing, or numbers that are not finite")


def _flat(answer: Any) -> np.ndarray[Any, Any]:
    if isinstance(answer, dict):
        answer = tuple(answer.values())
    if isinstance(answer, tuple | list):
        return np.concatenate([np.zeros(0), *(_flat(one) for one in answer)])
    return np.ravel(np.asarray(answer, dtype=float))


def _differs(function: Any, source: str, arguments: dict[str, Any], expected: list[list[Any]]) -> bool:
    """Whether a mutation answers, and otherwise than the reference, to arguments of both sorts."""
    namespace = dict(vars(sys.modules[function.__module__]))
    try:
        exec(source, namespace)  # noqa: S102 - the course's own code, changed in one place
        found = [_answers(namespace[function.__name__], arguments, False, key) for key in ("drawn", "fixed")]
        return all(not np.allclose(_flat(one), _flat(two), rtol=1e-3) for one, two in zip(found, expected, strict=True))
    except Exception:  # noqa: BLE001 - one that fails to answer teaches nothing
        return False


if __name__ == "__main__":
    main()
