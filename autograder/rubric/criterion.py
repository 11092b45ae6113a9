"""The marker that makes a pytest test a criterion.

It says what the criterion is called, what it is worth and what it tests.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from autograder.errors import CourseError
from autograder.frameworks import PACKAGES
from autograder.records.spec import CriterionSpec
from autograder.rubric.arguments import in_words, takes

Test = TypeVar("Test", bound=Callable[..., object])


#: Longest title: it stands in a column of a table.
TITLE_CHARS = 100

_ATTRIBUTE = "__criterion__"
_DOTTED_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_ID = re.compile(r"[a-z][a-z0-9_]*")


@takes()
def criterion(  # noqa: PLR0913  # each is one thing that an author may have to say
    title: str,
    *,
    points: int,
    tests: Iterable[str] = (),
    provided: Iterable[str] = (),
    after: Iterable[str] = (),
    uses: Iterable[str] = (),
    timeout_s: float | None = None,
    gpu: bool = False,
    statistical: bool = False,
    testimony: bool = False,
    hint: str = "",
) -> Callable[[Test], Test]:
    """Make a pytest test a criterion.

    Stands above or below ``pytest.mark.parametrize``. The arguments are the attributes
    of `CriterionSpec`.

    Raises
    ------
    CourseError
        When the rubric is imported, if an argument cannot be used; the message names
        test, file and line.

    Examples
    --------
    >>> @criterion("Affine layer: backward pass", points=5, tests=["affine_backward"])
    ... def test_b1_backward_values(submission, reference, rng): ...
    >>> spec_of(test_b1_backward_values).id
    'b1_backward_values'
    """

    def mark(test: Test) -> Test:
        where = _place(test)
        spec = CriterionSpec(
            id=_id(where, test),
            title=title,
            points=points,
            tests=_names(where, "tests", tests),
            provided=_names(where, "provided", provided),
            after=_names(where, "after", after),
            uses=_names(where, "uses", uses),
            timeout_s=timeout_s,
            gpu=gpu,
            statistical=statistical,
            testimony=testimony,
            hint=" ".join(hint.split()) if isinstance(hint, str) else hint,
        )
        _validate(where, spec)
        setattr(test, _ATTRIBUTE, spec)
        return test

    return mark


def spec_of(test: object) -> CriterionSpec | None:
    """Return the definition that `criterion` gave a test, or None."""
    spec = getattr(test, _ATTRIBUTE, None)
    return spec if isinstance(spec, CriterionSpec) else None


def _place(test: Callable[..., object]) -> str:
    """Return a test's name, file and line for messages."""
    code = getattr(test, "__code__", None)
    name = getattr(test, "__name__", repr(test))
    return name if code is None else f"{name} ({Path(code.co_filename).name}:{code.co_firstlineno})"


def _id(where: str, test: Callable[..., object]) -> str:
    if not inspect.isfunction(test):
        raise CourseError(f"{where}: a criterion is a function, got {type(test).__name__}.")
    if spec_of(test) is not None:
        raise CourseError(f"{where}: the marker criterion stands there twice.")
    if (
        inspect.isgeneratorfunction(test)
        or inspect.iscoroutinefunction(test)
        or inspect.isasyncgenfunction(test)
    ):
        raise CourseError(
            f"{where}: a criterion neither yields nor awaits: its checks would not run."
        )
    identifier = test.__name__.removeprefix("test_")
    if identifier == test.__name__ or not _ID.fullmatch(identifier):
        raise CourseError(
            f"{where}: the name of a criterion is `test_` and an id of lower-case letters, digits "
            "and underscores."
        )
    return identifier


def _names(where: str, key: str, names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise CourseError(
            f"{where}: {key} is a list of names, got {names!r}.", hint=f"Write {key}=[{names!r}]."
        )
    if not isinstance(names, Iterable):
        raise CourseError(f"{where}: {key} is a list of names, got {in_words(names)}.")
    listed = tuple(names)
    for name in listed:
        if not isinstance(name, str) or not _DOTTED_NAME.fullmatch(name):
            raise CourseError(f"{where}: {key} holds names, got {name!r}.")
    if len(set(listed)) < len(listed):
        raise CourseError(f"{where}: {key} names {_first_twice(listed)!r} twice.")
    return listed


def _first_twice(names: tuple[str, ...]) -> str:
    return next(name for i, name in enumerate(names) if name in names[:i])


def _validate(where: str, spec: CriterionSpec) -> None:
    """Raise on the first field that cannot be used."""
    for complaint in (_text_complaint(spec), _number_complaint(spec), _relation_complaint(spec)):
        if complaint:
            raise CourseError(f"{where}: {complaint}")


def _text_complaint(spec: CriterionSpec) -> str | None:
    if not isinstance(spec.title, str) or not spec.title.strip() or "\n" in spec.title:
        return f"the title is a line of text, got {spec.title!r}."
    if len(spec.title) > TITLE_CHARS:
        return f"the title has {len(spec.title)} characters, at most {TITLE_CHARS} fit."
    if not isinstance(spec.hint, str):
        return f"the hint is a text, got {spec.hint!r}."
    if spec.hint and not spec.hint.endswith((".", "?", "!")):
        return f"the hint is a sentence or more, got {spec.hint!r}."
    return None


def _number_complaint(spec: CriterionSpec) -> str | None:
    if type(spec.points) is not int or spec.points < 1:
        return f"points is a whole number of at least 1, got {spec.points!r}."
    if spec.timeout_s is not None and not _is_duration(spec.timeout_s):
        return f"timeout_s is a number of seconds above 0, got {spec.timeout_s!r}."
    if type(spec.gpu) is not bool:
        return f"gpu is True or False, got {spec.gpu!r}."
    for name in ("statistical", "testimony"):
        if type(getattr(spec, name)) is not bool:
            return f"{name} is True or False, got {getattr(spec, name)!r}."
    return None


def _is_duration(seconds: object) -> bool:
    return (
        type(seconds) in (int, float)
        and math.isfinite(seconds)  # type: ignore[arg-type]
        and seconds > 0  # type: ignore[operator]
    )


def _relation_complaint(spec: CriterionSpec) -> str | None:
    both = sorted(set(spec.tests) & set(spec.provided))
    if both:
        return f"{both[0]!r} is in tests and in provided: the reference's function would be graded."
    if spec.id in spec.after:
        return "after names the criterion itself."
    unknown = sorted(set(spec.uses) - set(PACKAGES))
    if unknown:
        return f"uses names the unknown framework {unknown[0]!r}; known are {', '.join(PACKAGES)}."
    return None


Definition = TypeVar("Definition", bound=Callable[..., object])


def mutant(
    name: str,
    /,
    *,
    loses: Sequence[str],
    file: str = "",
    cascades: Mapping[str, str] | None = None,
    nothing_right: bool = False,
) -> Callable[[Definition], Definition]:
    """Declare a definition in ``mutants/*.py`` a mistake.

    Its docstring says which.

    A function stands in the place of the reference's, and so does a class that the
    reference has too. Any other class holds statements that are appended to the
    reference's file as they stand: several definitions, imports, assignments. `prove`
    reads all this without running it, so that names of the reference need no import.

    Parameters
    ----------
    name
        Row of the course's table of mistakes, with a letter where one row has several: ``M01-1a``.
    loses
        Ids of the criteria that must not get full marks; all others must.
    file
        The declared file that it changes; found by the names that it defines if it is not given.
    cascades
        Reasons, by criterion, for points lost in exercises of which it changes nothing.
    nothing_right
        True if it is no single mistake, but wrong throughout, such as one that returns
        zeros: what it costs is then not asked.
    """
    del name, loses, file, cascades, nothing_right
    return _unchanged


def accepted(name: str, /, *, file: str = "") -> Callable[[Definition], Definition]:
    """Call a definition in ``accepted/*.py`` right.

    Its docstring says how it differs from the reference.

    Parameters
    ----------
    name
        What `prove` calls it: lower case letters, digits and underscores.
    file
        As for `mutant`.
    """
    del name, file
    return _unchanged


def _unchanged(definition: Definition) -> Definition:
    return definition
