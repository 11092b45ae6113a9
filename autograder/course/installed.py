"""A handout's paragraph on the installed packages.

It is made from the assignment's settings and says what is installed on the machine that grades.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

#: How the paragraph begins, by which it is found in a handout.
BEGINNING = "**Installed where this is graded:**"
#: What a course can say of Python: the release of an assignment knows the version.
PYTHONS = "Python 3.11 to 3.13 (`CHECK.md` says which)"
_ANY_PYTHON = re.compile(
    rf"({re.escape(BEGINNING)}\s+)Python\s+3\.\d+\s+to\s+3\.\d+(?:\s+\(`CHECK\.md`\s+says\s+which\))?"
)
_TITLES = {
    "numpy": "NumPy",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "scipy": "SciPy",
    "pandas": "pandas",
    "torch": "PyTorch",
    "jax": "JAX",
    "sklearn": "scikit-learn",
    "matplotlib": "matplotlib",
}


def render_installed(packages: Sequence[str], frameworks: Sequence[str], forbidden: Sequence[str]) -> str:
    """Write the paragraph.

    Parameters
    ----------
    packages, frameworks
        What there is beside Python.
    forbidden
        Packages that the assignment does not allow.
    """
    there = ", ".join([PYTHONS, *map(_title, (*packages, *frameworks))])
    absent = f" {_listed(forbidden)} {'is' if len(forbidden) == 1 else 'are'} not allowed." if forbidden else ""
    return (
        f"{BEGINNING} {there}.{absent} Packages for looking, such as\n"
        "matplotlib, tqdm, IPython and google.colab, may be imported and show nothing there; any other package may be absent.\n"
        "Files that you hand in beside yours and import are found. Training and plots at the top level of a file are left out\n"
        "if they take long.\n"
    )


def name_python(handout: str, version: str) -> str:
    """Name one version of Python in a handout's paragraph.

    It takes the place of the versions that are named there.

    Parameters
    ----------
    version
        Such as ``3.12``.
    """
    return _ANY_PYTHON.sub(rf"\g<1>Python {version}", handout)


def _title(package: str) -> str:
    return _TITLES.get(package, package)


def _listed(packages: Sequence[str]) -> str:
    *most, last = map(_title, packages)
    return f"{', '.join(most)} and {last}" if most else last
