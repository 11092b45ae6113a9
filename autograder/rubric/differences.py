"""Differences of a function along a direction: central, or by the complex step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autograder.errors import CourseError
from autograder.rubric import forms, values, wanted
from autograder.rubric.arguments import takes
from autograder.rubric.checks import CheckFailed

if TYPE_CHECKING:
    from autograder.rubric.values import Array


@dataclass(frozen=True, slots=True)
class Step:
    """How differences are taken.

    Attributes
    ----------
    h
        Step along a direction.
    is_complex
        Whether it is a complex step.
    """

    h: float
    is_complex: bool


@takes(
    function=wanted.FUNCTION,
    at=wanted.POINT,
    direction=wanted.REALS,
    h=wanted.POSITIVE | wanted.NONE,
    method=wanted.one_of("central", "complex"),
)
def directional_derivative(
    function: Callable[[Any], Any],
    at: Any,
    direction: Any,
    *,
    h: float | None = None,
    method: Literal["central", "complex"] = "central",
) -> float:
    """Return the derivative of a function with one number as its answer, along a direction. Not counted.

    Parameters
    ----------
    function
        From an array like `at` to a number.
    at, direction : float64[...]
        Of one shape.
    h
        Step; 1e-5 for central differences, 1e-30 for the complex step.

    Examples
    --------
    >>> directional_derivative(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 0.0]), method="complex")
    3.0
    """
    is_complex = method == "complex"
    step = Step(h or (1e-30 if is_complex else 1e-5), is_complex)
    problem = Problem(function, point_of(at), None, is_dict=False)
    return problem.slope("", np.asarray(direction, dtype=np.float64), step)


def point_of(at: Any) -> dict[str, Array]:
    """Return where to differentiate, by name, as fresh float64 arrays."""
    items = dict(at) if isinstance(at, Mapping) else {"": at}
    return {key: _coordinates(value, key) for key, value in items.items()}


def _coordinates(value: Any, key: str) -> Array:
    array = np.array(value)
    if array.dtype.kind not in "fiu":
        raise CourseError(f"gradient: the point{f' {key}' if key else ''} must be real numbers, got {array.dtype}.")
    return array.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Problem:
    """A function, where to differentiate it, and what follows it."""

    function: Callable[..., Any]
    point: dict[str, Array]
    upstream: Any
    is_dict: bool
    is_own: bool = False

    def value(self, moved: Mapping[str, Array]) -> complex:
        """Return :math:`L` at a point; real for real points."""
        return self.total(moved, np.asarray)

    def total(self, moved: Mapping[str, Array], of_terms: Callable[[Array], Array]) -> complex:
        """Return the sum of the terms of :math:`L` at a point, or of a function of these terms."""
        # Copies: a function that changes its argument must not move the point. 0-d arrays become numbers.
        arguments = {key: array.copy() if array.ndim else array[()] for key, array in moved.items()}
        answer = self.function(**arguments) if self.is_dict else self.function(arguments[""])
        try:
            return complex(sum(of_terms(terms).sum() for terms in _terms(self.upstream, answer, is_own=self.is_own)))
        except CourseError as error:
            if self.is_own:
                raise CheckFailed(f"the forward pass: {error.message}", "shape") from error
            raise

    def slope(self, key: str, direction: Array, step: Step) -> float:
        """Return the derivative of :math:`L` along a direction of one parameter."""
        if step.is_complex:
            return self.value(self._moved(key, 1j * step.h * direction)).imag / step.h
        ahead, behind = (
            self.value(self._moved(key, step.h * direction)),
            self.value(self._moved(key, -step.h * direction)),
        )
        return (ahead.real - behind.real) / (2 * step.h)

    def _moved(self, key: str, by: Array) -> dict[str, Array]:
        return self.point | {key: np.asarray(self.point[key] + by)}

    def noise(self, step: Step) -> float:
        """Return how far rounding alone may move a slope."""
        # At least 1: a loss of exactly 0 may be the difference of numbers of that size.
        size = max(self.total(self.point, np.abs).real, 1.0)
        rounding = 10 * float(np.finfo(np.float64).eps) * size
        return rounding if step.is_complex else rounding / step.h


def _terms(upstream: Any, answer: Any, *, is_own: bool) -> Iterator[Array]:
    """Yield the products of what follows and a function's answer."""
    if isinstance(upstream, (tuple, list)):
        if not isinstance(answer, (tuple, list)) or len(answer) != len(upstream):
            raise CourseError(f"expected {len(upstream)} answers, got {values.describe(answer)}.")
        for u, a in zip(upstream, answer, strict=True):
            yield from _terms(u, a, is_own=is_own)
        return
    array = (values.array_of if is_own else values.reference_array)(answer, "the forward pass")
    due = np.shape(1.0 if upstream is None else upstream)
    if is_own and forms.fits(array.shape, due):
        array = array.reshape(due)
    if upstream is None and array.ndim:
        raise CourseError(f"gradient: the function's answer has shape {array.shape}, so upstream is needed.")
    weights = np.asarray(1.0 if upstream is None else upstream)
    if weights.shape != array.shape:
        raise CourseError(f"expected an answer of shape {weights.shape}, got shape {array.shape}.")
    yield np.asarray(weights * values.widened(array))
