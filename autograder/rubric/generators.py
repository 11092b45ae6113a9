"""A random generator of which the rubric knows every normal number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.rubric import wanted
from autograder.rubric.arguments import takes

if TYPE_CHECKING:
    import numpy.typing as npt


class KnownGenerator(np.random.Generator):
    """A random generator whose normal numbers are known: zeros, or a stream that is recorded.

    Hand it to a submission like any argument. Every method takes what NumPy's takes, and broadcasts likewise:
    ``rng.normal(mean, sigma)`` with arrays is ``mean + sigma * z``. Other numbers than normal ones (`uniform`,
    `integers`, `choice`, ...) are drawn as ever.

    Parameters
    ----------
    rng
        Seeds it. None: every normal number is 0, so that what a submission draws around is its mean.

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
