"""The environment variables of a candidate: these and no others."""

from __future__ import annotations

_POOLS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def build_environment(work: str, threads: int) -> dict[str, str]:
    """Build the environment for a work folder and a number of threads per pool.

    What changes numbers is pinned (pools, oneDNN, hash seed), so that a training repeats itself bit by bit.
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
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        **dict.fromkeys(_POOLS, str(threads)),
    }
