r"""Gradients against differences of a function, along random directions.

Notation: :math:`x` a parameter of any shape, :math:`g` its gradient (of the same
shape), :math:`v` a direction with independent standard normal entries, :math:`u` the
upstream gradient, :math:`L(x) = \sum u \odot f(x)`.

.. math:: a_j = \langle g, v_j \rangle, \qquad n_j = \frac{L(x + h v_j) - L(x - h v_j)}{2h}, \qquad
          \frac{\lVert a - n \rVert}{\lVert a \rVert + \lVert n \rVert} \le 10^{-4}

Two evaluations a direction instead of two a value [1]_; one wrong value in a million
moves every direction. The complex step :math:`n_j = \operatorname{Im} L(x + i h v_j) /
h` has no cancellation, so :math:`h` is 1e-30 and the error that of rounding [2]_; `f`
must then be written for complex numbers (no ``abs``, no comparison).

References
----------
.. [1] The check that HIPS/autograd uses (``autograd.test_util.check_vjp``).
.. [2] W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real
functions", SIAM Review 40 (1998).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autograder.errors import CourseError
from autograder.rubric import wanted
from autograder.rubric.arguments import takes
from autograder.rubric.checks import CheckFailed, counted_check, use
from autograder.rubric.comparing import arrays, forms, pictures, values
from autograder.rubric.comparing import tolerance as tolerances

if TYPE_CHECKING:
    from autograder.rubric.comparing.arrays import Floats
    from autograder.rubric.comparing.values import Array


@dataclass(frozen=True, slots=True)
class Step:
    """The scheme of differences.

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
    """Return the derivative of a function along a direction.

    The function has one number as its answer. Not counted.

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
    >>> at, direction = np.array([1.0, 2.0]), np.array([1.0, 0.0])
    >>> directional_derivative(lambda x: (x**3).sum(), at, direction, method="complex")
    3.0
    """
    is_complex = method == "complex"
    step = Step(h or (1e-30 if is_complex else 1e-5), is_complex)
    problem = GradientProblem(function, point_of(at), None, is_dict=False)
    return problem.slope("", np.asarray(direction, dtype=np.float64), step)


def point_of(at: Any) -> dict[str, Array]:
    """Return where to differentiate, by name, as fresh float64 arrays."""
    items = dict(at) if isinstance(at, Mapping) else {"": at}
    return {key: _coordinates(value, key) for key, value in items.items()}


def _coordinates(value: Any, key: str) -> Array:
    array = np.array(value)
    if array.dtype.kind not in "fiu":
        raise CourseError(
            f"gradient: the point{f' {key}' if key else ''} must be real numbers, got "
            f"{array.dtype}."
        )
    return array.astype(np.float64)


@dataclass(frozen=True, slots=True)
class GradientProblem:
    """A function, where to differentiate it, and what follows it."""

    function: Callable[..., Any]
    point: dict[str, Array]
    upstream: Any
    is_dict: bool
    is_own: bool = False

    def value(self, moved: Mapping[str, Array]) -> complex:
        """Return :math:`L` at a point.

        It is real for real points.
        """
        return self.total(moved, np.asarray)

    def total(self, moved: Mapping[str, Array], of_terms: Callable[[Array], Array]) -> complex:
        """Return the sum of the terms of :math:`L` at a point.

        A function of these terms may be summed in their place.
        """
        # Copies: a function that changes its argument must not move the point. 0-d arrays become
        # numbers.
        arguments = {key: array.copy() if array.ndim else array[()] for key, array in moved.items()}
        answer = self.function(**arguments) if self.is_dict else self.function(arguments[""])
        try:
            return complex(
                sum(
                    of_terms(terms).sum()
                    for terms in _terms(self.upstream, answer, is_own=self.is_own)
                )
            )
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
    """Yield the products of a function's answer and the weights after it."""
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
        raise CourseError(
            f"gradient: the function's answer has shape {array.shape}, so upstream is needed."
        )
    weights = np.asarray(1.0 if upstream is None else upstream)
    if weights.shape != array.shape:
        raise CourseError(f"expected an answer of shape {weights.shape}, got shape {array.shape}.")
    yield np.asarray(weights * values.widened(array))


#: Largest norm-wise errors: 100 times what float32 work is off, and what central differences are at
#: h = 1e-5.
_OF_FLOAT32, _OF_FLOAT64 = 1e-4, 1e-5

#: The step over which float32 (1e-7) leaves 1e-5 of a slope, and the norm-wise error of that: h
#: squared, and room.
_COARSE, _COARSE_BOUND = 1e-2, 1e-3

#: A wrong gradient with at most this many values is compared value by value, to say where it is
#: off.
LARGEST_LOCATED = 256


@counted_check
@takes(
    function=wanted.FUNCTION,
    at=wanted.POINT,
    gradient=wanted.ANSWER,
    rng=wanted.GENERATOR,
    upstream=wanted.UPSTREAM,
    directions=wanted.whole(1),
    h=wanted.POSITIVE,
    tolerance=wanted.TOLERANCE | wanted.NONE,
    precision=wanted.one_of("float32", "float64"),
    name=wanted.TEXT,
    axes=wanted.AXES | wanted.NONE,
    method=wanted.one_of("central", "complex"),
)
def assert_gradient(  # noqa: PLR0913  # each is one thing that an author may have to say
    function: Callable[..., Any],
    at: Any,
    gradient: Any,
    *,
    rng: np.random.Generator,
    upstream: Any = None,
    directions: int = 5,
    h: float = 1e-5,
    tolerance: float | None = None,
    precision: Floats = "float32",
    name: str = "gradient",
    axes: str | None = None,
    method: Literal["central", "complex"] = "central",
) -> None:
    """Check a gradient against differences of the reference's function [FD].

    Parameters
    ----------
    function
        Called with an array like `at`, or, if `at` is a dict, with its items as keyword
        arguments. Returns a number, or what `upstream` belongs to: an array, or a tuple
        of arrays.
    at
        Where: an array or a number of float64, or a dict of these by name. Keep away from kinks.
    gradient
        The submission's: like `at`. For a dict, a dict with (at least) these keys, or a
        tuple in their order.
    rng
        For the directions.
    upstream
        Gradient of what follows with respect to the function's answer; a tuple for several answers.
    directions
        Number of random directions.
    h
        Step of the central difference.
    tolerance
        Largest norm-wise error; by default 1e-4, which is what float32 work needs. The
        report notes an error beyond 1e-5.
    precision
        ``"float64"``: the default is 1e-5, and a float32 gradient is too little. Say so
        in the title or the hint.
    name
        What the student calls the gradient; for a dict, ``"dx dw db"`` or by default
        ``d`` and the key.
    axes
        Letters of the axes, as for `assert_close`: ``"N D; D M; M"``.
    method
        ``"complex"`` for the complex step: exact to rounding, if the function can be
        called with complex numbers.

    Raises
    ------
    CheckFailed
        Of kind "gradient"; of kind "type", "shape", "dtype" or "NaN" if it is no such array at all.
    CourseError
        If the function's answer is no number and `upstream` is missing or of another
        shape, or `at` is not float64.

    Notes
    -----
    A gradient that is zero where the true one is, passes. Rounding of the difference, about
    ``1e-16 max(1, |L|) / h``, is never held against the submission.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(3, 4))
    >>> assert_gradient(lambda x: np.sin(x).sum(), x, np.cos(x), rng=rng, name="dx")
    >>> w = rng.normal(size=(4, 2))
    >>> u = rng.normal(size=(3, 2))
    >>> at = {"x": x, "w": w}
    >>> assert_gradient(lambda x, w: x @ w, at, (u @ w.T, x.T @ u), upstream=u, rng=rng)
    >>> assert_gradient(lambda x, w: x @ w, at, (u @ w.T, 3 * x.T @ u), upstream=u, rng=rng)
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: dw is not the gradient: relative error 0.5
    along 5 random directions \
(tolerance 0.0001); the largest error is 4.44 at [2, 1]: got -6.66, expected -2.22. \
Every value is 3 times what it should be.
    """
    problem = GradientProblem(function, point_of(at), upstream, is_dict=isinstance(at, Mapping))
    step = Step(1e-30, is_complex=True) if method == "complex" else Step(h, is_complex=False)
    attempts = [_Attempt(step, _bound(tolerance, precision))]
    _check_all(
        problem, gradient, attempts, precision, rng=rng, directions=directions, name=name, axes=axes
    )


@counted_check
@takes(
    function=wanted.FUNCTION,
    at=wanted.POINT,
    gradient=wanted.ANSWER,
    rng=wanted.GENERATOR,
    upstream=wanted.UPSTREAM,
    directions=wanted.whole(1),
    h=wanted.POSITIVE,
    tolerance=wanted.TOLERANCE | wanted.NONE,
    precision=wanted.one_of("float32", "float64"),
    name=wanted.TEXT,
    axes=wanted.AXES | wanted.NONE,
)
def assert_consistent(  # noqa: PLR0913  # each is one thing that an author may have to say
    function: Callable[..., Any],
    at: Any,
    gradient: Any,
    *,
    rng: np.random.Generator,
    upstream: Any = None,
    directions: int = 5,
    h: float = 1e-5,
    tolerance: float | None = None,
    precision: Floats = "float32",
    name: str = "gradient",
    axes: str | None = None,
) -> None:
    """Check a gradient against differences of the submission's own function [CONS].

    For error carried forward: a right backward pass of a wrong forward pass. Never the
    only check of a gradient: zero loss with zero gradient is consistent; so a function
    that does not depend on its input at all fails here.

    Parameters and errors are those of `assert_gradient`; `function` calls the
    submission. Whatever it returns fails as `CheckFailed`.

    Notes
    -----
    A forward pass in float32 has no differences over a step of 1e-5. What fails there
    is measured again over 1e-2, to 1e-3, unless `precision` is ``"float64"``.
    """
    problem = GradientProblem(
        function, point_of(at), upstream, is_dict=isinstance(at, Mapping), is_own=True
    )
    attempts = [_Attempt(Step(h, is_complex=False), _bound(tolerance, precision))]
    if precision == "float32":
        attempts.append(
            _Attempt(Step(max(h, _COARSE), is_complex=False), max(attempts[0].bound, _COARSE_BOUND))
        )
    _check_all(
        problem, gradient, attempts, precision, rng=rng, directions=directions, name=name, axes=axes
    )


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A step of differences, and the error allowed with it."""

    step: Step
    bound: float


def _bound(tolerance: float | None, precision: Floats) -> float:
    if tolerance is not None:
        return tolerance
    return _OF_FLOAT64 if precision == "float64" else _OF_FLOAT32


def _check_all(  # noqa: PLR0913  # as many facts as the check has
    problem: GradientProblem,
    gradient: Any,
    attempts: Sequence[_Attempt],
    precision: Floats,
    *,
    rng: np.random.Generator,
    directions: int,
    name: str,
    axes: str | None,
) -> None:
    """Check the gradient of every parameter, and fail with the first wrong one."""
    names = _gradient_names(problem, name)
    letters = axes.split(";") if axes is not None else [None] * len(names)
    if len(letters) != len(names):
        raise CourseError(
            f"gradient: axes {axes!r} name {len(letters)} parts, there are {len(names)} parameters."
        )
    parts = _parts(problem, gradient, names)
    noise = problem.noise(attempts[0].step)
    _require_finite_slope(noise, problem)
    slopes: list[float] = []
    for (key, called, part), letter in zip(parts, letters, strict=True):
        g = _gradient_array(part, problem.point[key], called, letter, precision)
        lines = [np.asarray(rng.standard_normal(g.shape)) for _ in range(directions)]
        slopes.append(_require_gradient(problem, key, g, lines, attempts, name=called))
    if problem.is_own and not any(slope > noise for slope in slopes):
        raise CheckFailed(
            f"{' '.join(names)}: the function does not depend on its input.", "gradient"
        )


def _gradient_names(problem: GradientProblem, name: str) -> list[str]:
    if not problem.is_dict:
        return [name]
    given = name.replace(",", " ").split()
    fits = len(given) == len(problem.point) and given != ["gradient"]
    return given if fits else [f"d{key}" for key in problem.point]


def _parts(problem: GradientProblem, gradient: Any, names: list[str]) -> list[tuple[str, str, Any]]:
    """Return key, name and given gradient of every parameter."""
    keys = list(problem.point)
    if not problem.is_dict:
        return [("", names[0], gradient)]
    if isinstance(gradient, Mapping):
        missing = next((key for key in keys if key not in gradient), None)
        if missing is not None:
            raise CheckFailed(f"the gradients: the key {missing!r} is missing.", "shape")
        return [(key, called, gradient[key]) for key, called in zip(keys, names, strict=True)]
    if not isinstance(gradient, (tuple, list)) or len(gradient) != len(keys):
        raise CheckFailed(
            f"{', '.join(names)}: expected {values.counted(len(keys), 'gradient')}, got "
            f"{values.describe(gradient)}.",
            "shape" if isinstance(gradient, (tuple, list)) else "type",
        )
    return list(zip(keys, names, gradient, strict=True))


def _require_finite_slope(noise: float, problem: GradientProblem) -> None:
    if math.isfinite(noise):
        return
    if problem.is_own:
        raise CheckFailed("the forward pass is not finite here.", "NaN")
    raise CourseError("gradient: the function is not finite at this point.")


def _gradient_array(
    given: Any, point: Array, name: str, axes: str | None, precision: Floats
) -> Array:
    """Return a given gradient as float64, or fail."""
    letters = arrays.axis_letters(axes, point.ndim, name)
    array = forms.require_shape(given, point, name=name, letters=letters)
    array = forms.require_numbers(array, point.dtype, tolerances.DOUBLE, name=name)
    if precision == "float64" and tolerances.precision_of(array.dtype) is tolerances.SINGLE:
        raise CheckFailed(f"{name}: float64 is needed here, got {array.dtype}.", "dtype")
    if not np.isfinite(array).all():
        first = tuple(np.argwhere(~np.isfinite(array))[0])
        where = f" at {values.place(first)}" if first else ""
        raise CheckFailed(
            f"{name} is {values.number(array[first])}{where}, expected a finite number.", "NaN"
        )
    return values.widened(array)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Slopes along directions, by the gradient and by differences."""

    given: Array
    differences: Array
    noise: float

    @property
    def error(self) -> float:
        """Return the norm of their difference."""
        return float(np.linalg.norm(self.given - self.differences))

    @property
    def size(self) -> float:
        """Return the sum of their norms."""
        return float(np.linalg.norm(self.given) + np.linalg.norm(self.differences))

    @property
    def relative_error(self) -> float:
        """Return the error as a share of the size."""
        return self.error / self.size if math.isfinite(self.size) else math.inf

    def allowed(self, bound: float) -> float:
        """Return the largest error allowed, that of rounding included."""
        return bound * self.size + self.noise * math.sqrt(len(self.given))

    def agrees(self, bound: float) -> bool:
        """Return True if the gradient is right."""
        # A gradient of 1e200 has an infinite norm, and infinity is at most infinity.
        return self.error <= self.allowed(bound) < math.inf


def _require_gradient(  # noqa: PLR0913  # as many facts as the check has
    problem: GradientProblem,
    key: str,
    g: Array,
    lines: Sequence[Array],
    attempts: Sequence[_Attempt],
    *,
    name: str,
) -> float:
    """Check the gradient of one parameter, and return the differences' norm."""
    given = np.array([float(np.sum(g * v)) for v in lines])
    tried: list[_Measured] = []
    for attempt in attempts:
        differences = np.array([problem.slope(key, v, attempt.step) for v in lines])
        measured = _Measured(given, differences, problem.noise(attempt.step))
        if measured.agrees(attempt.bound):
            allowed = measured.allowed(attempt.bound)
            use(measured.error / allowed if allowed else 0.0)
            if not measured.agrees(min(attempt.bound, _OF_FLOAT64)):
                forms.note_precision(name, tolerances.DOUBLE)
            return float(np.linalg.norm(differences))
        tried.append(measured)
    measured, step, bound = tried[0], attempts[0].step, attempts[0].bound
    owner = " of your own forward pass" if problem.is_own else ""
    sentence = (
        f"{name} is not the gradient{owner}: relative error "
        f"{values.number(measured.relative_error)} along "
        f"{len(given)} random directions (tolerance {values.number(bound)})"
    )
    needs = (
        ". It is right to float32's precision; float64's is needed here."
        if (bound < _OF_FLOAT32 and measured.agrees(_OF_FLOAT32))
        else ""
    )
    if g.size > LARGEST_LOCATED or needs:
        hint = needs or f".{_factor_words(given, measured.differences, bound)}"
        evidence = {"name": name, "max_rel": measured.relative_error}
        raise CheckFailed(f"{sentence}{hint}", "gradient", evidence)
    raise _located(sentence, problem, key, g, step, bound=bound, name=name)


def _factor_words(given: Array, measured: Array, bound: float) -> str:
    allowed = 10 * bound * float(np.linalg.norm(measured))
    hint = pictures.diagnose(given, measured, allowed)
    return f" {hint}" if hint and ("times" in hint or "sign" in hint or "zero" in hint) else ""


def _located(  # noqa: PLR0913  # as many facts as the check has
    sentence: str,
    problem: GradientProblem,
    key: str,
    g: Array,
    step: Step,
    *,
    bound: float,
    name: str,
) -> CheckFailed:
    """Return the failure with the place of the largest error.

    It is found from one difference for each value.
    """
    expected = np.empty_like(g)
    for index in np.ndindex(g.shape):
        unit = np.zeros_like(g)
        unit[index] = 1.0
        expected[index] = problem.slope(key, unit, step)
    errors = np.abs(g - expected)
    allowed = 10 * bound * max(pictures.largest_finite(expected), 1e-12)
    wrong = ~(errors <= allowed)
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(errors)), g.shape))
    got, due = (f"{float(value):.3g}" for value in (g[worst], expected[worst]))
    where = f" at {values.place(worst)}" if g.ndim else ""
    sentence += (
        f"; the largest error is {float(errors[worst]):.3g}{where}: got {got}, expected {due}."
    )
    hint = pictures.diagnose(g, expected, allowed)
    evidence = pictures.value_evidence(
        name, g, expected, errors=errors, wrong=wrong, worst=worst, allowed=allowed
    )
    return CheckFailed(f"{sentence} {hint}" if hint else sentence, "gradient", evidence)
