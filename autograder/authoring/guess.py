"""Arguments to call a function with, tried on the reference.

They are tried before a rubric is made of them.

Run as ``python -m autograder.authoring.guess PLAN ANSWER``, in a process of its own: the reference
may do anything.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from autograder.authoring.domains import Argument, guesses
from autograder.authoring.targets import MutantDraft, Parameter, Target
from autograder.course import load_assignment
from autograder.errors import AutograderError
from autograder.examiner.reference import load_reference
from autograder.frameworks import KERAS, find_model_framework
from autograder.rubric import CheckFailed
from autograder.rubric.comparing.arrays import Comparison
from autograder.rubric.comparing.close import compare
from autograder.wire import WireError, encode

__all__ = ["Calls", "try_targets"]

#: The answer of a question to the reference, as plain data.
Answer = dict[str, Any]
MAX_TRIES = 300
TIMEOUT_S = 120.0
CALL_S = 10.0  # of one call: a wrong guess may loop for ever
ENOUGH_S = 5.0  # of trying, once arguments are known that will do
DRAWS = 96  # with which arguments must hold: 32 students, each with the 3 draws of a criterion
SLOW_DRAWS = 3  # of a function that takes long
#: Sizes of the axes to begin with; more examples where something is 0 / 0 for a few.
_AXES = ({"N": 4, "D": 3}, {"N": 20, "D": 3})


@dataclass(frozen=True, slots=True)
class Calls:
    """The arguments found for a target.

    Attributes
    ----------
    arguments
        By method (and for a class ``__init__``), the name and the argument of each parameter; empty
        where none was found.
    why
        What went wrong with the first guess, the likeliest, where none was found.
    mutation
        Place of the first mutation whose answers differ, None without one.
    silent
        Methods that return nothing, or their own object: they are called and not compared.
    is_model
        True if the answer is a Keras model.
    """

    arguments: dict[str, dict[str, Argument]]
    why: str = ""
    mutation: int | None = None
    silent: tuple[str, ...] = ()
    is_model: bool = False


class Unfit(Exception):  # noqa: N818  # a finding
    """The reference's answer cannot become a criterion.

    The message gives the reason.
    """


# planning -----------------------------------------------------------------------------------------


def try_targets(
    course: Path,
    assignment_id: str,
    targets: Sequence[Target],
    mutations: Sequence[Sequence[MutantDraft]],
) -> list[Calls]:
    """Find arguments and a mutation for each target.

    The reference takes the arguments, and the mutation answers otherwise. A target that takes too
    long has no arguments; nothing is raised.
    """
    plan = [
        {
            "target": one.name,
            "is_class": one.is_class,
            "named": [[m.name, p.name] for m in one.methods for p in m.parameters if p.is_named],
            "calls": [
                {
                    name: [(p.name, [asdict(g) for g in gs]) for p, gs in call]
                    for name, call in _planned(one, axes)
                }
                for axes in _AXES
            ],
            "mutations": [mutation.source for mutation in changed],
            "unknown": _unknown(one),
        }
        for one, changed in zip(targets, mutations, strict=True)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        question, answer = Path(scratch, "plan.json"), Path(scratch, "answer.json")
        question.write_text(json.dumps([str(course), assignment_id, plan]), encoding="utf-8")
        command = [sys.executable, "-m", "autograder.authoring.guess", str(question), str(answer)]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603
                command,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=TIMEOUT_S,
                check=False,
            )
        found = json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else []
    late = Calls({}, "the reference did not come to an end")
    return [*map(_calls, found), *[late] * (len(targets) - len(found))]


def _unknown(target: Target) -> str:
    """Return a sentence on a parameter without any guess.

    It is empty where there is no such parameter.
    """
    for parameter in (*target.made_with, *(p for one in target.methods for p in one.parameters)):
        if not guesses(parameter, dict(_AXES[0])):
            kind = parameter.says.partition("\n")[0]
            return f"nothing can be made up for `{parameter.name}`, which is {kind}"
    return ""


def _planned(
    target: Target, sizes: Mapping[str, int]
) -> Iterator[tuple[str, list[tuple[Parameter, tuple[Argument, ...]]]]]:
    axes = dict(sizes)
    parts = [("__init__", target.made_with)] if target.is_class else []
    parts += [(one.name, one.parameters) for one in target.methods if one.name != "__init__"]
    for _, parameters in parts:  # shapes first: what labels are below may stand in a later one
        for one in parameters:
            guesses(one, axes)
    for name, parameters in parts:
        yield name, [(one, guesses(one, axes)) for one in parameters]


def _calls(found: Answer) -> Calls:
    arguments = {
        name: {parameter: Argument(**one) for parameter, one in call.items()}
        for name, call in found["arguments"].items()
    }
    return Calls(
        arguments, found["why"], found["mutation"], tuple(found["silent"]), found["is_model"]
    )


# trying -------------------------------------------------------------------------------------------


def main() -> None:
    """Answer a plan target by target.

    Each answer is written at once, so that it is kept when the time is over.
    """
    course, assignment_id, plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    answers: list[Answer] = []
    try:
        reference = load_reference(load_assignment(Path(course), assignment_id))
    except AutograderError as error:
        reference, why = None, error.message.removesuffix(".")
    for one in plan:
        if reference is None:
            answers.append(_nothing(why))
        else:
            answers.append(_Trial(getattr(reference, one["target"]), one).run())
        partial = Path(f"{sys.argv[2]}.part")
        partial.write_text(json.dumps(answers), encoding="utf-8")
        partial.replace(sys.argv[2])


def _nothing(why: str) -> Answer:
    return {"arguments": {}, "why": why, "mutation": None, "silent": [], "is_model": False}


Chosen = dict[str, dict[str, dict[str, str]]]


class _Trial:
    """One target, called with one guess after the other."""

    def __init__(self, function: Any, plan: Mapping[str, Any]) -> None:
        self._function = function
        self._plan = plan
        self._named = {(method, name) for method, name in plan["named"]}

    def run(self) -> Answer:
        """Return the first good guess, or the best acceptable one."""
        why = ""
        best: tuple[int, Chosen, list[Any]] | None = None
        began = time.monotonic()
        for chosen in itertools.islice(self._guesses(), MAX_TRIES):
            if best is not None and time.monotonic() - began > ENOUGH_S:
                break
            try:
                rank, answers = self._rank(chosen)
            # whatever the reference says to such arguments
            except Exception as error:  # noqa: BLE001
                why = why or _reason(error)
                continue
            if best is None or rank < best[0]:
                best = rank, chosen, answers
            if rank == 0:
                break
        if best is None:
            return _nothing(self._plan["unknown"] or why)
        _, chosen, answers = best
        silent = [name for name, answer in answers[0].items() if answer is _SILENT]
        is_model = any(isinstance(answer, _Model) for answer in answers[0].values())
        mutations = enumerate(self._plan["mutations"])
        place = next((n for n, source in mutations if self._differs(source, chosen, answers)), None)
        return {
            "arguments": chosen,
            "why": "",
            "mutation": place,
            "silent": silent,
            "is_model": is_model,
        }

    def _guesses(self) -> Iterator[Chosen]:
        """Yield ways to call, the likeliest first.

        Ways with few examples and with many come by turns.
        """
        ways = [self._guesses_of(calls) for calls in self._plan["calls"]]
        for together in itertools.zip_longest(*ways):
            yield from (one for one in together if one is not None)

    @staticmethod
    def _guesses_of(calls: Mapping[str, Any]) -> Iterator[Chosen]:
        names = [(name, parameter) for name, call in calls.items() for parameter, _ in call]
        for chosen in itertools.product(
            *(options for call in calls.values() for _, options in call)
        ):
            arguments: Chosen = {name: {} for name in calls}
            for (name, parameter), argument in zip(names, chosen, strict=True):
                arguments[name][parameter] = argument
            yield arguments

    def _rank(self, chosen: Chosen) -> tuple[int, list[Any]]:
        """Return a guess's rank and its answers.

        Rank 0 is the best. The fixed guess's answer comes first. Raises if the guess is unfit: an
        answer is not finite for one of the draws, or no value.
        """
        began = time.monotonic()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", RuntimeWarning)
            fixed = self._answers(chosen, "fixed", 0)
            is_slow = time.monotonic() - began > CALL_S / DRAWS
            count = SLOW_DRAWS if is_slow else DRAWS
            drawn = [self._answers(chosen, "drawn", seed) for seed in range(count)]
            if not _same(self._answers(chosen, "fixed", 0), fixed):
                raise Unfit("it answers otherwise when it is called again with the same arguments")
        has_warned = any(issubclass(one.category, RuntimeWarning) for one in caught)
        is_constant = bool(chosen and any(chosen.values())) and all(
            _same(one, drawn[0]) for one in drawn[1:]
        )
        return has_warned + 2 * is_constant, [fixed, *drawn]

    def _answers(self, chosen: Chosen, key: str, seed: int, function: Any = None) -> Answer:
        """Call a function, or a new instance's methods.

        Return the answers that can be compared, by name.
        """
        names = {"rng": np.random.default_rng(seed), "np": np}
        target = function or self._function
        given = {name: self._values(name, call, key, names) for name, call in chosen.items()}
        with _time_limit(), np.errstate(all="warn"):
            if not self._plan["is_class"]:
                ((name, (values, named)),) = given.items()
                return {name: _comparable(target(*values, **named))}
            made, made_named = given.pop("__init__")
            instance = target(*made, **made_named)
            answers = {}
            for name, (values, named) in given.items():
                answer = getattr(instance, name)(*values, **named)
                answers[name] = (
                    _SILENT if answer is None or answer is instance else _comparable(answer)
                )
        if all(answer is _SILENT for answer in answers.values()):
            raise Unfit("its methods return nothing that could be compared")
        return answers

    def _values(
        self, method: str, call: Mapping[str, Mapping[str, str]], key: str, names: dict[str, Any]
    ) -> tuple[list[Any], Answer]:
        values, named = [], {}
        for parameter, one in call.items():
            drawn = eval(one[key], names)  # noqa: S307 - expressions of this package
            value = eval(one["reference"].format("drawn"), {**names, "drawn": drawn})  # noqa: S307
            if (method, parameter) in self._named:
                named[parameter] = value
            else:
                values.append(value)
        return values, named

    def _differs(self, source: str, chosen: Chosen, expected: Sequence[Any]) -> bool:
        """Return True if a mutation answers otherwise than the reference.

        It must answer, and differ for every student.
        """
        namespace = dict(vars(sys.modules[self._function.__module__]))
        try:
            exec(source, namespace)  # noqa: S102 - the course's own code, changed in one place
            changed = namespace[self._function.__name__]
            differs = [
                not _same(
                    self._answers(chosen, "drawn" if seed >= 0 else "fixed", max(seed, 0), changed),
                    one,
                )
                for seed, one in enumerate(expected, -1)
            ]
        except Exception:  # noqa: BLE001 - one that fails to answer teaches nothing
            return False
        groups = [differs[begin : begin + 3] for begin in range(1, len(differs), 3)]
        return differs[0] and all(map(any, groups))


def _reason(error: Exception) -> str:
    words = str(error) if isinstance(error, Unfit) else f"{type(error).__name__}: {error}"
    return words.strip().partition("\n")[0][:200]


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    """End a call that takes too long.

    This needs a signal that not every system has.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Unfit(f"it takes longer than {CALL_S:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, CALL_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# answers ------------------------------------------------------------------------------------------


class _Silent:
    """The answer of a method that returns nothing, or its own object."""


_SILENT = _Silent()


@dataclass(frozen=True, slots=True)
class _Model:
    """The answer of a function that builds a Keras model."""

    parameters: int


def _comparable(answer: Any) -> Any:
    """Return an answer in a form that can be compared.

    Raise where a criterion could not use it.
    """
    if answer is None:
        raise Unfit("it returned nothing")
    if find_model_framework(answer) == KERAS.name:
        if not answer.built:
            raise Unfit("it returned a Keras model that does not know the shape of its input")
        return _Model(answer.count_params())
    try:
        encode(answer)
    except WireError as error:
        kind = f"an object of class `{type(answer).__name__}`"
        raise Unfit(f"it returned {kind}, which does not come back by value") from error
    if not isinstance(answer, np.ndarray) and hasattr(answer, "__array__"):  # a framework's tensor
        answer = np.asarray(answer)
    _require_leaves(answer)
    return answer


def _require_leaves(answer: Any) -> None:
    """Raise unless an answer has usable parts alone.

    These are finite numbers, texts and None.
    """
    if isinstance(answer, Mapping):
        answer = list(answer.values())
    if isinstance(answer, (tuple, list)):
        for one in answer:
            _require_leaves(one)
    elif answer is not None and not isinstance(answer, (str, bytes, set, frozenset)):
        numbers = np.asarray(answer)
        if numbers.dtype.kind not in "biufc":
            raise Unfit(f"it returned an object of class `{type(answer).__name__}`")
        if not np.isfinite(numbers).all():
            raise Unfit("it returned numbers that are not finite")


def _same(answers: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Return True if `assert_close` would pass for each method."""
    return all(_is_same(answers[name], one) for name, one in expected.items())


def _is_same(answer: Any, expected: Any) -> bool:
    if isinstance(expected, (_Silent, _Model)) or isinstance(answer, (_Silent, _Model)):
        return bool(answer == expected)
    try:
        compare(answer, expected, Comparison())
    except CheckFailed:
        return False
    return True


if __name__ == "__main__":
    main()
