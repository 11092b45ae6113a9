r"""Checks of statistical properties.

Their bounds are so wide that no honest student ever fails, and so sharp that a mistake
does.

Notation: :math:`n` independent draws, :math:`m` values that are checked at once,
:math:`\alpha = 2 \cdot 10^{-9} / m` the probability of a false alarm: that of six
standard deviations, shared among the values (Bonferroni); :math:`t = \log(2 / \alpha)`,
:math:`k` degrees of freedom.

========================
=====================================================================================
`assert_fraction`         :math:`n \operatorname{KL}(k/n \,\|\, p) \le t` (Chernoff:
holds for every n and p) [1]_ `assert_mean`             :math:`|\bar x - \mu| \le \sigma
\sqrt{2 t / n}` (sub-Gaussian draws) [1]_ `assert_variance`         :math:`-2 \sqrt{k t}
\le (n-1) s^2 / \sigma^2 - k \le 2 \sqrt{k t} + 2 t`, normal draws [2]_
`assert_frequencies`      :math:`\chi^2 \le k + 2 \sqrt{k t} + 2 t`, k = cells - 1 [2]_
========================
=====================================================================================

All four are bounds, not approximations; four standard deviations instead of six would
fail one honest student in every 1,000 gradings with 16 checks. Choose n so large that a
mistake lies beyond twelve standard deviations. Too few draws for any answer to fail is
a failure, for a submission may have chosen how many there are.

References
----------
.. [1] S. Boucheron, G. Lugosi, P. Massart, "Concentration Inequalities" (2013), section 2.
.. [2] B. Laurent, P. Massart, "Adaptive estimation of a quadratic functional by model
selection", Annals of Statistics
   28 (2000), lemma 1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograder.rubric import wanted
from autograder.rubric.arguments import takes
from autograder.rubric.checks import CheckFailed, counted_check, rest_on_draws
from autograder.rubric.comparing import values

if TYPE_CHECKING:
    import numpy.typing as npt


#: Probability that one check fails an honest submission: that of a normal variable beyond six
#: standard deviations.
FALSE_ALARM = 2e-9

#: Fewest expected draws in a cell, for the counts to behave like a chi-square variable.
CELL_DRAWS = 5

Axis = int | tuple[int, ...] | None


def log_alarm(comparisons: int = 1) -> float:
    """Return :math:`t`, the logarithm of two by a probability.

    The probability is that of a false alarm of one of several values.
    """
    return math.log(2 * comparisons / FALSE_ALARM)


@counted_check
@takes(
    flags=wanted.ANSWER,
    expected=wanted.FRACTION,
    name=wanted.TEXT,
    says=wanted.TEXT,
    axis=wanted.AXIS | wanted.NONE,
)
def assert_fraction(
    flags: object, expected: float, *, name: str, says: str, axis: Axis = None
) -> None:
    """Check that something holds for an expected fraction of independent draws [PROP].

    Parameters
    ----------
    flags : bool[...]
        Whether it holds, one for each draw; computed in the rubric from an answer.
    expected
        The probability, from 0 to 1.
    name
        What was drawn, as the student calls it.
    says
        The property, in words that complete "`name`:".
    axis
        The axes along which draws are averaged; each value that is left is checked. All by default.

    Raises
    ------
    CheckFailed
        Of kind "statistics"; of kind "type" or "shape" if there are no such flags.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> kept = rng.random((200, 50)) < 0.2
    >>> assert_fraction(kept, 0.2, name="mask", says="a fraction p of the values is kept")
    >>> assert_fraction(kept, 0.5, name="mask", says="a fraction p of the values is kept")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: mask: a fraction p of the values is kept;
    expected 0.5, got 0.2049 in 10000 \
draws (59 standard deviations, chance stays below 6.4).
    """
    array = _draws(flags, name)
    if array.dtype.kind != "b" and not np.isin(array, (0, 1)).all():
        raise CheckFailed(f"{name}: expected booleans, got {array.dtype}.", "type")
    fractions, draws = _averages(array.astype(np.float64), axis, name)
    log_bound = log_alarm(fractions.size)
    _require_power(
        max(_divergence(0.0, expected), _divergence(1.0, expected)) * draws > log_bound, name, draws
    )
    divergences = np.array([_divergence(float(fraction), expected) for fraction in fractions])
    spread = math.sqrt(max(expected * (1 - expected), 1 / draws) / draws)
    _judge(
        fractions,
        expected,
        draws * divergences > log_bound,
        spread=spread,
        draws=draws,
        name=name,
        says=says,
    )


@counted_check
@takes(
    samples=wanted.ANSWER,
    expected=wanted.NUMBER,
    std=wanted.POSITIVE,
    name=wanted.TEXT,
    says=wanted.TEXT,
    axis=wanted.AXIS | wanted.NONE,
)
def assert_mean(  # noqa: PLR0913  # as many facts as the check has
    samples: object, expected: float, *, std: float, name: str, says: str, axis: Axis = None
) -> None:
    """Check that independent draws have an expected mean [PROP].

    Parameters
    ----------
    samples : float[...]
        Computed in the rubric from an answer.
    expected
        The mean.
    std
        Standard deviation of one draw, from theory: that of the sample could be blown
        up until anything passes.
    name, says, axis
        As for `assert_fraction`.

    Raises
    ------
    CheckFailed
        Of kind "statistics"; of kind "type", "shape" or "NaN" if these are no draws.

    Examples
    --------
    >>> z = np.random.default_rng(0).normal(1.0, 2.0, size=10_000)
    >>> assert_mean(z, 1.0, std=2.0, name="z", says="the mean is mu")
    """
    means, draws = _averages(_real(samples, name), axis, name)
    spread = std / math.sqrt(draws)
    outside = ~(np.abs(means - expected) <= spread * math.sqrt(2 * log_alarm(means.size)))
    _judge(means, expected, outside, spread=spread, draws=draws, name=name, says=says)


@counted_check
@takes(
    samples=wanted.ANSWER,
    expected=wanted.POSITIVE,
    kurtosis=wanted.KURTOSIS,
    name=wanted.TEXT,
    says=wanted.TEXT,
    axis=wanted.AXIS | wanted.NONE,
)
def assert_variance(  # noqa: PLR0913  # as many facts as the check has
    samples: object,
    expected: float,
    *,
    name: str,
    says: str,
    kurtosis: float = 3.0,
    axis: Axis = None,
) -> None:
    """Check that independent draws have an expected variance [PROP].

    Parameters
    ----------
    samples : float[...]
        Computed in the rubric from an answer.
    expected
        The variance.
    kurtosis
        Fourth standardised moment of one draw: 3 for normal, 1.8 for uniform draws.
    name, says, axis
        As for `assert_fraction`.

    Raises
    ------
    CheckFailed
        Of kind "statistics"; of kind "type", "shape" or "NaN" if these are no draws.

    Examples
    --------
    >>> w = np.random.default_rng(0).normal(0.0, 0.1, size=(256, 128))
    >>> assert_variance(w, 0.01, name="W", says="the variance is 2 / (fan_in + fan_out)")
    """
    array = _real(samples, name)
    means, draws = _averages(array, axis, name)
    if draws < 2:
        raise CheckFailed(f"{name}: {draws} draw is too few to tell a variance.", "statistics")
    variances = np.ravel(np.var(array, axis=axis, ddof=1))
    k, t = draws - 1, log_alarm(means.size)
    # the fourth moment sets how much a sample variance varies
    widening = math.sqrt((kurtosis - 1) / 2)
    low, high = 2 * math.sqrt(k * t) * widening, (2 * math.sqrt(k * t) + 2 * t) * widening
    _require_power(low < k, name, draws)
    excess = k * variances / expected - k
    outside = ~((excess >= -low) & (excess <= high))
    spread = expected * math.sqrt((kurtosis - 1) / draws)
    _judge(variances, expected, outside, spread=spread, draws=draws, name=name, says=says)


@counted_check
@takes(
    counts=wanted.ANSWER,
    probabilities=wanted.DISTRIBUTION,
    name=wanted.TEXT,
    says=wanted.TEXT,
)
def assert_frequencies(
    counts: object, probabilities: npt.ArrayLike, *, name: str, says: str
) -> None:
    """Check that counts follow a distribution, by a chi-square test [PROP].

    Parameters
    ----------
    counts : int[K]
        How often each value was drawn; counted in the rubric from an answer.
    probabilities : float[K]
        Of each value; they add up to 1. What has probability 0 must not occur at all.
    name, says
        As for `assert_fraction`.

    Raises
    ------
    CheckFailed
        Of kind "statistics"; of kind "type" or "shape" if these are no counts.

    Examples
    --------
    >>> draws = np.random.default_rng(0).integers(10, size=20_000)
    >>> counts = np.bincount(draws, minlength=10)
    >>> assert_frequencies(counts, np.full(10, 0.1), name="items", says="all are equally likely")
    """
    p = np.asarray(probabilities, dtype=np.float64)
    observed = _draws(counts, name)
    if observed.shape != p.shape:
        raise CheckFailed(f"{name}: expected {p.size} counts, got shape {observed.shape}.", "shape")
    if (
        observed.dtype.kind not in "iuf"
        or not (np.isfinite(observed) & (observed >= 0) & (observed % 1 == 0)).all()
    ):
        raise CheckFailed(f"{name}: expected counts, got {observed.dtype}.", "type")
    impossible = np.flatnonzero((p == 0) & (observed > 0))
    if impossible.size:
        i = int(impossible[0])
        raise CheckFailed(
            f"{name}: {says}; {i} was drawn {int(observed[i])} times and cannot occur.",
            "statistics",
        )
    _chi_square(observed[p > 0].astype(np.float64), p[p > 0], name, says)


def _chi_square(observed: values.Array, p: values.Array, name: str, says: str) -> None:
    draws = int(observed.sum())
    _require_power(draws * p.min() >= CELL_DRAWS, name, draws)
    due = draws * p
    terms = (observed - due) ** 2 / due
    statistic, k, t = float(terms.sum()), p.size - 1, log_alarm()
    bound = k + 2 * math.sqrt(k * t) + 2 * t
    if statistic <= bound:
        return
    i = int(np.argmax(terms))
    raise CheckFailed(
        f"{name}: {says}; chi-square is {statistic:.4g} for {draws} draws of {p.size} values, "
        "chance stays below "
        f"{bound:.4g}. Value {i} was drawn {int(observed[i])} times, expected {due[i]:.4g}.",
        "statistics",
        {
            "name": name,
            "actual": int(observed[i]),
            "expected": float(due[i]),
            "chi-square": statistic,
            "bound": bound,
        },
    )


def _draws(value: object, name: str) -> values.Array:
    rest_on_draws()
    array = values.array_of(value, name, "an array of draws")
    if array.size == 0:
        raise CheckFailed(f"{name}: there are no draws, its shape is {array.shape}.", "shape")
    return array


def _real(value: object, name: str) -> values.Array:
    array = _draws(value, name)
    if array.dtype.kind not in "biuf":
        raise CheckFailed(f"{name}: expected real numbers, got {array.dtype}.", "type")
    if not np.isfinite(array).all():
        infinite = np.count_nonzero(~np.isfinite(array))
        raise CheckFailed(f"{name}: {infinite} of {array.size} values are not finite.", "NaN")
    return values.widened(array)


def _averages(array: values.Array, axis: Axis, name: str) -> tuple[values.Array, int]:
    """Return means along axes as a vector, and the draws in each."""
    axes = (axis,) if isinstance(axis, int) else axis
    if axes is not None and any(not -array.ndim <= a < array.ndim for a in axes):
        raise CheckFailed(
            f"{name}: expected draws along axis {axis}, got shape {array.shape}.", "shape"
        )
    means = np.ravel(np.mean(array, axis=axis))
    return means, array.size // means.size


def _divergence(fraction: float, p: float) -> float:
    """Return the Kullback-Leibler divergence of two coins [nats]."""
    return _term(fraction, p) + _term(1 - fraction, 1 - p)


def _term(q: float, p: float) -> float:
    if q <= 0:
        return 0.0
    return q * math.log(q / p) if p > 0 else math.inf


# the one argument that is a verdict
def _require_power(is_enough: bool, name: str, draws: int) -> None:  # noqa: FBT001
    if not is_enough:
        raise CheckFailed(
            f"{name}: {draws} draws are too few to tell right from wrong.", "statistics"
        )


def _judge(  # noqa: PLR0913  # as many facts as the check has
    observed: values.Array,
    expected: float,
    outside: values.Array,
    *,
    spread: float,
    draws: int,
    name: str,
    says: str,
) -> None:
    """Fail with the value furthest outside its bound, if there is one."""
    if not outside.any():
        return
    distances = np.abs(observed - expected) / spread
    worst = int(np.argmax(np.where(outside, distances, -1.0)))
    where = f" (the worst of {observed.size})" if observed.size > 1 else ""
    chance = math.sqrt(2 * log_alarm(observed.size))
    raise CheckFailed(
        f"{name}: {says}; expected {expected:.4g}, got {observed[worst]:.4g}{where} in {draws} "
        "draws "
        f"({distances[worst]:.3g} standard deviations, chance stays below {chance:.2g}).",
        "statistics",
        {
            "name": name,
            "actual": float(observed[worst]),
            "expected": float(expected),
            "draws": draws,
        },
    )


class KnownGenerator(np.random.Generator):
    """A random generator whose normal numbers are known.

    They are zeros, or a stream that is recorded.

    Hand it to a submission like any argument. Every method takes what NumPy's takes,
    and broadcasts likewise: ``rng.normal(mean, sigma)`` with arrays is ``mean + sigma *
    z``. Other numbers than normal ones (`uniform`, `integers`, `choice`, ...) are drawn
    as ever.

    Parameters
    ----------
    rng
        Seeds it. None: every normal number is 0, so that what a submission draws around
        is its mean.

    Examples
    --------
    >>> silent = KnownGenerator()
    >>> silent.normal([1.0, 2.0], 0.5)
    array([1., 2.])
    >>> known = KnownGenerator(np.random.default_rng(0))
    >>> x = known.normal(3.0, [[1.0], [10.0]], size=(2, 2))
    >>> np.allclose(x, 3.0 + np.array([[1.0], [10.0]]) * known.normals.reshape(2, 2))
    True
    """

    @takes(rng=wanted.GENERATOR | wanted.NONE)
    def __init__(self, rng: np.random.Generator | None = None) -> None:
        super().__init__(np.random.PCG64(0 if rng is None else int(rng.integers(2**63))))
        self._is_silent = rng is None
        self._shapes = np.random.default_rng(0)
        self._normals: list[npt.NDArray[np.float64]] = []

    @property
    def normals(self) -> npt.NDArray[np.float64]:
        """The standard normal numbers that were drawn, in order."""
        return np.concatenate([np.zeros(0), *self._normals])

    def standard_normal(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:
        """Draw standard normal numbers, and record them."""
        z = super().standard_normal(size, dtype, out)
        if self._is_silent:
            z = 0 * z
            if out is not None:
                out[...] = z
        self._normals.append(np.ravel(z).astype(np.float64))
        return z if out is None else out

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """Draw normal numbers around means."""
        shape = np.shape(self._shapes.normal(loc, scale, size))  # NumPy's own word on the arguments
        z = self.standard_normal(shape or None)
        return loc + scale * z if not shape else np.asarray(loc) + np.asarray(scale) * z

    def lognormal(self, mean: Any = 0.0, sigma: Any = 1.0, size: Any = None) -> Any:
        """Draw numbers whose logarithms are normal."""
        return np.exp(self.normal(mean, sigma, size))
