"""Rules about the source find what is used under any of its names, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from autograder.inside.facts import source_facts
from autograder.rubric import assert_avoids

HONEST = """
import numpy as np
from scipy import stats

def helper(x):
    return x.reshape(len(x), -1)

def conv(x, w):
    return helper(x) @ w

def other(x):
    return list(map(float, x))
"""


def submission(source, name="layers.py"):
    """Return a stand-in for a submission, with the facts that the reader finds in its source."""
    return SimpleNamespace(facts=source_facts({name: source}))


def test_assert_avoids_honest_source_passes(passes):
    """What another function uses, and an import that nothing uses, is no fault of this one."""
    passes(assert_avoids, submission(HONEST), functions=["conv"], modules=["scipy"], names=["einsum"], c_loops=True)


def test_assert_avoids_whole_submission_by_default(fails):
    """Without functions the rule is about all of them."""
    failure = fails(assert_avoids, submission(HONEST), c_loops=True)
    assert failure.message == "other (layers.py, line 11) uses map, which is not allowed here."
    assert failure.kind == "source"


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\ndef conv(x):\n    return np.vectorize(abs)(x)\n",
        "import numpy\ndef conv(x):\n    return numpy.vectorize(abs)(x)\n",
        "from numpy import vectorize as v\ndef conv(x):\n    return v(abs)(x)\n",
        "import numpy as np\nvec = np.vectorize\ndef conv(x):\n    return vec(abs)(x)\n",
        "import numpy as np\ndef conv(x):\n    v = np.vectorize\n    return v(abs)(x)\n",
        "import numpy as np\ndef inner(x):\n    return np.vectorize(abs)(x)\ndef conv(x):\n    return inner(x)\n",
        "import numpy as np\ndef conv(x):\n    return getattr(np, 'vectorize')(abs)(x)\n",
    ],
)
def test_assert_avoids_c_loop_is_found_under_any_name(fails, source):
    """Aliases, assignments, helpers and getattr with a plain name do not hide it."""
    message = fails(assert_avoids, submission(source), functions=["conv"], c_loops=True).message
    assert message.endswith("vectorize, which is not allowed here.")
    fails(assert_avoids, submission(source), functions=["conv"], names=["vectorize"])
    fails(assert_avoids, submission(source), functions=["conv"], names=["*.vectorize"])


def test_assert_avoids_top_level_of_a_module_counts(fails):
    """A loop made at the top level is used by the functions below."""
    source = "import numpy as np\nvec = np.vectorize(lambda z: max(z, 0))\ndef relu(x):\n    return vec(x)\n"
    assert fails(assert_avoids, submission(source), functions=["relu"], c_loops=True).message == (
        "The top level of layers.py uses np.vectorize, which is not allowed here."
    )


def test_assert_avoids_cell_of_a_notebook_does_not_count(passes, fails):
    """Students try things out in cells; a lambda bound in one is looked at all the same."""
    cells = ["def conv(x):\n    return x\n", "print(list(map(conv, [1])))"]
    passes(assert_avoids, submission(cells, "layers.py"), functions=["conv"], c_loops=True)
    cells[0] = "conv = lambda x: x\n"
    assert fails(assert_avoids, submission(cells), functions=["conv"], c_loops=True).message == (
        "The top level of layers.py, cell 2 uses map, which is not allowed here."
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "from scipy.signal import convolve2d as c\ndef conv(x):\n    return c(x, x)\n",
            "conv (layers.py, line 2) uses scipy.signal.convolve2d, which is not allowed here.",
        ),
        (
            "def conv(x):\n    import scipy.signal\n    return x\n",
            "layers.py, line 2 imports scipy.signal, which is not allowed here.",
        ),
        (
            "from scipy.signal import *\ndef conv(x):\n    return convolve2d(x, x)\n",
            "layers.py, line 1 imports scipy.signal, which is not allowed here.",
        ),
        (
            "import scipy as s\ndef conv(x):\n    return s.signal.convolve(x, x)\n",
            "conv (layers.py, line 2) uses scipy.signal.convolve, which is not allowed here.",
        ),
    ],
)
def test_assert_avoids_module_is_found_however_it_is_imported(fails, source, message):
    """By alias, in the function, with a star, or through its package."""
    assert fails(assert_avoids, submission(source), functions=["conv"], modules=["scipy"]).message == message


def test_assert_avoids_one_name_of_a_module(passes, fails):
    """A dotted rule is about one thing, a rule that ends in a star about all of a module."""
    source = submission("import numpy as np\ndef f(x):\n    return np.linalg.inv(x)\n")
    passes(assert_avoids, source, names=["numpy.inv", "numpy.linalg.solve", "linalg.*"])
    fails(assert_avoids, source, names=["numpy.linalg.inv"])
    fails(assert_avoids, source, names=["numpy.linalg.*"])


def test_assert_avoids_backward_that_calls_the_forward_is_found(fails):
    """A numerical gradient calls its own forward pass, also through another function."""
    backward = "def affine_backward(d, c):\n    return num(affine_forward, c)\n"
    source = f"def affine_forward(x): ...\ndef num(f, x): ...\n{backward}"
    failure = fails(assert_avoids, submission(source), functions=["affine_backward"], names=["affine_forward"])
    assert failure.message == "affine_backward (layers.py, line 3) uses affine_forward, which is not allowed here."


def test_assert_avoids_code_that_nobody_read_passes_with_a_note(passes, tally):
    """The reference is trusted: it has no facts, and the check counts all the same."""
    passes(assert_avoids, SimpleNamespace(facts=None), c_loops=True)
    assert tally.notes == ["rules about the source were not checked here"]
