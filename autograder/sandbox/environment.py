"""The complete environment variables of a candidate."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from autograder.frameworks import build_variables, quiet_variables

_POOLS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


@contextlib.contextmanager
def muted_frameworks() -> Iterator[None]:
    """Keep the native output of frameworks off this terminal.

    Frameworks write to descriptor 2 by themselves.

    TensorFlow's C++ writes some lines whatever its environment says. What Python writes to
    `sys.stderr` meanwhile is lost, too, unless that is a stream of its own.
    """
    for name, value in quiet_variables().items():
        os.environ.setdefault(name, value)
    try:
        kept = os.dup(2)
    except OSError:  # it is closed: nothing can be written
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    _flush_stderr()
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        _flush_stderr()
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def _flush_stderr() -> None:
    with contextlib.suppress(
        AttributeError, OSError, ValueError
    ):  # none, closed, or of a foreign kind
        sys.stderr.flush()


def build_environment(work: str, threads: int) -> dict[str, str]:
    """Build the environment of a candidate.

    It depends on the work folder and the number of threads per pool.

    What changes numbers is pinned (pools, oneDNN, hash seed), so that a training repeats itself bit
    by bit.
    """
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": work,
        "TMPDIR": f"{work}/.tmp",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "Agg",
        "HDF5_USE_FILE_LOCKING": "FALSE",
        "KERAS_HOME": f"{work}/.keras",
        **dict.fromkeys(_POOLS, str(threads)),
        **build_variables(threads),
    }
