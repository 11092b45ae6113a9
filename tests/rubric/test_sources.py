"""Rules about the source find what is used under any of its names, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from autograder.inside.reading.syntax.facts import collect_facts
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


def submission(source, name="layers.py", **others):
    """Return a stand-in for a submission, with the facts that the reader finds in its sources."""
    return SimpleNamespace(facts=collect_facts({name: source, **{f"{file}.py": text for file, text in others.items()}}))


def test_assert_avoids_honest_source_passes(passes):
    """What another function uses, and an import that nothing uses, is no fault of this one."""
    passes(assert_avoids, submission(HONEST), functions=["conv"], modules=["scipy"], names=["einsum"], c_loops=True)


def test_assert_avoids_whole_submission_by_default(fails):
    """Without functions the rule is about all of them."""
    failure = fails(assert_avoids, submission(HONEST), c_loops=True)
    assert failure.message == "other (layers.py, line 12) uses map, which is not allowed here."
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
    assert message.endswith(("is numpy.vectorize and not allowed here.", "numpy.vectorize, which is not allowed here."))
    fails(assert_avoids, submission(source), functions=["conv"], names=["vectorize"])
    fails(assert_avoids, submission(source), functions=["conv"], names=["*.vectorize"])


def test_assert_avoids_top_level_statement_counts_for_functions_that_use_it(passes, fails):
    """A loop made at the top level is used by the functions below, and by no others."""
    source = "import numpy as np\nvec = np.vectorize(lambda z: max(z, 0))\ndef relu(x):\n    return vec(x)\n"
    source += "def other(x):\n    return x\nprint(list(map(other, [1])))\n"
    assert fails(assert_avoids, submission(source), functions=["relu"], c_loops=True).message == (
        "The top level of layers.py, line 2, which relu needs, uses np.vectorize, which is numpy.vectorize and not "
        "allowed here."
    )
    passes(assert_avoids, submission(source), functions=["other"], c_loops=True)


def test_assert_avoids_table_filled_at_the_top_level_counts(fails):
    """What changes the value of a name is a part of it."""
    source = "import numpy as np\ntable = []\nfor i in range(3):\n    table.append(np.vectorize(i))\n"
    fails(assert_avoids, submission(f"{source}def f(x):\n    return table[0](x)\n"), functions=["f"], c_loops=True)


@pytest.mark.parametrize(
    "rest",
    [
        "def conv(x):\n    match np:\n        case object(correlate=c):\n            return c(x)\n",
        "def conv(x): return 1\nfor conv in (_other,): pass\n",
        "def conv(x): return 1\nconv = partial(_other)\n",
        "def conv(x, f=None): return f(x)\nconv.__defaults__ = (np.correlate,)\n",
    ],
)
def test_assert_avoids_name_that_top_level_code_binds_again_is_followed(fails, rest):
    """What a function becomes after its ``def`` is a part of it, and a pattern's keyword is an attribute."""
    source = f"import numpy as np\nfrom functools import partial\ndef _other(x): return np.correlate(x)\n{rest}"
    assert "correlate" in fails(assert_avoids, submission(source), functions=["conv"], names=["*.correlate"]).message


def test_assert_avoids_top_level_code_that_only_calls_the_function_does_not_count(passes):
    """Students compare their work with a library's."""
    source = "import numpy as np\ndef conv(x): return x\ny = np.correlate(conv(1))\nassert y\n"
    passes(assert_avoids, submission(source), functions=["conv"], names=["*.correlate"])


@pytest.mark.parametrize(
    "call",
    [
        "map(np.asarray, (x, y))",
        "map(x.get, ['stride', 'pad'])",
        "map(int, x.shape)",
        "map(int, x.shape[:2])",
        "map(int, np.shape(x))",
        "filter(None, (x, y))",
        "map(np.dot, (x, y), (y, x))",
    ],
)
def test_assert_avoids_map_over_a_number_of_things_that_is_shown_is_no_loop(passes, call):
    """Two arguments, or the axes of an array, are no batch."""
    source = f"import numpy as np\ndef f(x, y):\n    return list({call})\n"
    passes(assert_avoids, submission(source), functions=["f"], c_loops=True)


@pytest.mark.parametrize(
    "call",
    ["map(int, x)", "map(int, (*x,))", "map(int, [one for one in x])", "map(np.dot, (x, y), x)", "map(int, x.shaped)"],
)
def test_assert_avoids_map_over_anything_else_is_a_loop(fails, call):
    """As many steps as there are rows."""
    source = f"import numpy as np\ndef f(x, y):\n    return list({call})\n"
    fails(assert_avoids, submission(source), functions=["f"], c_loops=True)


def test_assert_avoids_cell_that_tries_something_out_does_not_count(passes, fails):
    """A lambda bound in a cell is looked at like a function, what the next cell does with it is not."""
    cells = ["def conv(x):\n    return x\n", "print(list(map(conv, [1])))"]
    passes(assert_avoids, submission(cells, "layers.py"), functions=["conv"], c_loops=True)
    cells[0] = "conv = lambda x: x\n"
    passes(assert_avoids, submission(cells), functions=["conv"], c_loops=True)
    cells[0] = "\nconv = lambda x: map(abs, x)\n"
    assert fails(assert_avoids, submission(cells), functions=["conv"], c_loops=True).message == (
        "The top level of layers.py, cell 1, line 2 uses map, which is not allowed here."
    )


def test_assert_avoids_function_that_is_bound_nowhere_makes_everything_count(fails):
    """Where it comes from is unknown."""
    fails(assert_avoids, submission("exec(s)\nprint(map(abs, x))\n"), functions=["conv"], c_loops=True)


OWN = {
    "method": "class Ops:\n    def conv(self, x):\n        return x\ndef run(x):\n    return Ops().conv(x)\n",
    "instance": "class Ops:\n    def conv(self, x): ...\nops = Ops()\ndef run(x):\n    return ops.conv(x)\n",
    "class attribute": "class Ops:\n    conv = staticmethod(abs)\ndef run(x):\n    return Ops.conv(x)\n",
    "parameter": "class A:\n    def __init__(self):\n        self.conv = abs\ndef run(x, ops):\n    return ops.conv(x)\n",
    "class method": "class Conv:\n    @classmethod\n    def conv(cls): return cls.conv()\ndef run(x):\n    return Conv.conv(x)\n",
    "inherited": (
        "class A:\n    def conv(self, x):\n        return x\n"
        "class B(A):\n    def go(self, x):\n        return super().conv(x) + self.conv(x)\n"
        "def run(x):\n    return B().go(x)\n"
    ),
    "function": "def conv(x):\n    return x\ndef run(x):\n    return conv(x)\n",
    "inner function": "def run(x):\n    def conv(y): ...\n    conv.conv = 3\n    return conv(x) + conv.conv\n",
    "local": "def run(x):\n    conv = x\n    return [conv for conv in conv]\n",
    "lambda": "run = lambda conv: conv\n",
    "namespace": "from types import SimpleNamespace as S\ndef run(x):\n    s = S(conv=1)\n    s.conv = 2\n    return s.conv\n",
    "named tuple": "from collections import namedtuple\nC = namedtuple('C', 'x conv')\ndef run(x, c):\n    return c.conv\n",
    "data class": "@dataclass\nclass Cache:\n    conv: object\ndef run(x, c):\n    return c.conv\n",
    "texts": "def run(x):\n    'keras.ops.conv'\n    return 'np.convolve', {'conv': x}['conv'], dict(conv=x)\n",
    "local of another": "import keras\ndef conv(x):\n    return keras.ops.conv(x)\ndef run(x, conv):\n    return conv(x)\n",
    "method of another": (
        "import keras\nclass Net:\n    def other(self, x):\n        return keras.ops.conv(x)\n"
        "    def mine(self, x):\n        return x\ndef run(x):\n    return Net().mine(x)\n"
    ),
    "function called as a method": (
        "import keras, numpy as np\ndef sum(x):\n    return keras.ops.conv(x)\ndef run(x):\n    return np.sum(x) + x.sum()\n"
    ),
    "annotations": "import keras\ndef run(x: 'conv', y: keras.ops.conv = 3):\n    z: keras.ops.conv\n    return x\n",
}


@pytest.mark.parametrize("source", OWN.values(), ids=OWN)
def test_assert_avoids_own_thing_is_no_thing_of_a_library(passes, source):
    """A method, class, function, variable or field may be called as one likes."""
    rules = ["*.conv", "*.convolve", "keras.ops.conv", "numpy.convolve"]
    passes(assert_avoids, submission(source), functions=["run"], names=rules, modules=["scipy"], c_loops=True)


KERAS = "keras.ops.conv"
THEIRS = [
    ("import numpy as np\ndef run(x):\n    return np.convolve(x, x)\n", "np.convolve", "numpy.convolve"),
    ("from numpy import convolve\ndef run(x):\n    return convolve(x, x)\n", "convolve", "numpy.convolve"),
    ("from numpy import *\ndef run(x):\n    return convolve(x, x)\n", "convolve", "numpy.convolve"),
    ("import numpy as np\ndef run(x, f=np.convolve):\n    return f(x, x)\n", "np.convolve", "numpy.convolve"),
    ("import numpy as np\ndef run(x):\n    return np.convolve.__call__(x, x)\n", "np.convolve.__call__", ""),
    ("import keras\nK = keras\ndef run(x):\n    return K.ops.conv(x)\n", "K.ops.conv", KERAS),
    ("import keras as K\ndef run(x):\n    o = K.ops\n    return o.conv(x)\n", "o.conv", KERAS),
    ("from tensorflow.keras import ops\ndef run(x):\n    return ops.conv(x)\n", "ops.conv", ""),
    ("def run(x, ops):\n    return ops.conv(x)\n", "ops.conv", ""),
    ("import keras\nrun = keras.ops.conv\n", KERAS, ""),
    ("import keras\nclass Ops:\n    f = keras.ops.conv\ndef run(x):\n    return Ops.f(x)\n", "Ops.f", KERAS),
    ("import keras\ndef run(x):\n    return keras.ops.conv(x)\nclass Own:\n    def conv(self): ...\n", KERAS, ""),
    (
        "import keras\ndef run(x):\n    def inner(y):\n        return keras.ops.conv(y)\n    return inner(x)\n",
        KERAS,
        "",
    ),
    ("import keras\ndef run(x):\n    return (lambda y: keras.ops.conv(y))(x)\n", KERAS, ""),
    ("import keras\ndef run(x):\n    return [keras.ops.conv(y) for y in x]\n", KERAS, ""),
    ("import keras\ndef w(f):\n    return keras.ops.conv\n@w\ndef run(x):\n    return x\n", KERAS, ""),
    (
        (
            "from keras import ops\nclass Ops:\n    def conv(self, x):\n        return ops.conv(x)\n"
            "def run(x):\n    return Ops().conv(x)\n"
        ),
        "ops.conv",
        KERAS,
    ),
    (
        (
            "import keras\nclass Ops:\n    def __init__(self):\n        self.f = keras.ops.conv\n"
            "    def go(self, x):\n        return self.f(x)\ndef run(x):\n    return Ops().go(x)\n"
        ),
        KERAS,
        "",
    ),
]


@pytest.mark.parametrize(("source", "word", "thing"), THEIRS)
def test_assert_avoids_thing_of_a_library_is_found_under_any_name(fails, source, word, thing):
    """The message says how it is written, and what it is."""
    rules = ["*.conv", "*.convolve"]
    message = fails(assert_avoids, submission(source), functions=["run"], names=rules).message
    assert f"uses {word}, which is {f'{thing} and ' if thing else ''}" in message
    if thing:
        fails(assert_avoids, submission(source), functions=["run"], names=[thing])
        fails(assert_avoids, submission(source), functions=["run"], names=[f"{thing.rpartition('.')[0]}.*"])


def test_assert_avoids_message_shows_function_word_line_and_thing(fails):
    """And for whose sake another function is looked at."""
    head = "import numpy as np\n\ndef help(x):\n    return {}\n\n"
    source = head.format("np.convolve(x, x)") + "def f(x):\n    def g():\n        return help(x)\n"
    rules = {"functions": ["f"], "names": ["*.convolve"]}
    assert fails(assert_avoids, submission(source), **rules).message == (
        "help (layers.py, line 4), which f needs, uses np.convolve, which is numpy.convolve and not allowed here."
    )
    source = head.format("x") + "def f(x):\n    def g():\n        return np.convolve(x, x)\n"
    assert fails(assert_avoids, submission(source), **rules).message == (
        "g, inside f (layers.py, line 8), uses np.convolve, which is numpy.convolve and not allowed here."
    )


def test_assert_avoids_name_of_another_functions_local_does_not_count(passes):
    """Each function has its own scope."""
    source = "def rnn_forward(x, f):\n    map = f\n    def back(y):\n        return map(y)\n    return back(x)\n"
    source += "def other(x):\n    back = map\n    return back(abs, x)\n"
    passes(assert_avoids, submission(source), functions=["rnn_forward"], c_loops=True)


@pytest.mark.parametrize(
    "main",
    [
        "from mine import help\ndef f(x):\n    return help(x)\n",
        "import mine\ndef f(x):\n    return mine.help(x)\n",
        "from . import mine as m\ndef f(x):\n    return m.help(x)\n",
        "from .mine import help as h\ndef f(x):\n    return h(x)\n",
        "from mine import *\ndef f(x):\n    return help(x)\n",
        "from course.mine import Conv\ndef f(x):\n    return Conv().go(x)\n",
        "from mine import np\ndef f(x):\n    return np.convolve(x, x)\n",
        "from mine import *\ndef f(x):\n    return np.convolve(x, x)\n",
        "import mine\ndef f(x):\n    return mine.np.convolve(x, x)\n",
        "from mine import c\ndef f(x):\n    return c(x, x)\n",
    ],
)
def test_assert_avoids_other_files_of_the_submission_are_followed(fails, passes, main):
    """However the helper is imported; where it uses nothing forbidden, its name accuses nobody."""
    mine = "import numpy as np\nc = np.convolve\ndef help(x):\n    return np.convolve(x, x)\n"
    mine += "class Conv:\n    def go(self, x):\n        return np.convolve(x, x)\n"
    fails(assert_avoids, submission(main, mine=mine), functions=["f"], names=["numpy.convolve"])
    if "np" not in main and "c(" not in main:
        harmless = mine.replace("np.convolve", "np.dot")
        passes(assert_avoids, submission(main, mine=harmless), functions=["f"], names=["*.help", "*.go", "*.Conv"])


def test_assert_avoids_bare_name_is_the_builtin_a_librarys_or_an_own_function(passes, fails):
    """An attribute of something unknown it is not; a builtin's name never means one's own."""
    source = "import numpy as np\ndef f(x):\n    return np.einsum('i', x) + g(x) + x.dot(x)\ndef g(x): ...\n"
    using = submission(source)
    for rule in ("einsum", "g", "layers.g", "*.dot", "*.ein*"):
        fails(assert_avoids, using, functions=["f"], names=[rule])
    passes(assert_avoids, using, functions=["f"], names=["dot", "x", "f.x", "numpy.g", "*.g"])
    own = submission("def map(f, x): ...\ndef f(x):\n    return map(f, x)\n")
    passes(assert_avoids, own, functions=["f"], names=["map"], c_loops=True)


def test_assert_avoids_own_method_is_named_with_its_class(passes, fails):
    """A backward pass that calls its own forward pass."""
    methods = "    def forward(self): ...\n    def backward(self):\n        return self.forward()\n"
    source = submission(f"class Net:\n{methods}")
    assert fails(assert_avoids, source, functions=["Net.backward"], names=["Net.forward"]).message == (
        "Net.backward (layers.py, line 4) uses self.forward, which is not allowed here."
    )
    passes(assert_avoids, source, functions=["Net.forward"], names=["Net.forward"])
    passes(assert_avoids, source, functions=["Net.backward"], names=["*.forward"])


def test_assert_avoids_method_of_a_layer_counts_though_nobody_mentions_it(fails, passes):
    """Keras calls it; another class's method runs when it is mentioned."""
    source = "import keras\nclass Block({}):\n    def call(self, x):\n        return keras.ops.conv(x)\n"
    source += "def f(x):\n    return Block()(x)\n"
    fails(assert_avoids, submission(source.format("keras.layers.Layer")), functions=["f"], names=["*.conv"])
    passes(assert_avoids, submission(source.format("")), functions=["f"], names=["*.conv"])
    source = source.replace("call(", "__call__(")
    fails(assert_avoids, submission(source.format("")), functions=["f"], names=["*.conv"])


def test_assert_avoids_computed_names_are_not_found(passes):
    """As the documentation says; a check of values and work stands beside the rule."""
    source = "import numpy as np\ndef f(x):\n    return getattr(np, 'con' + 'volve')(x, x), eval('np.convolve')(x)\n"
    passes(assert_avoids, submission(source), functions=["f"], names=["*.convolve"])


@pytest.mark.parametrize(
    "body", ["np.maximum.accumulate(x)", "np.add.reduce(x)", "x.map", "filter_bank(x)", "[filter for filter in x]"]
)
def test_assert_avoids_whole_array_work_is_no_loop_in_c(passes, body):
    """Neither are things that are called like one."""
    source = f"import numpy as np\ndef f(x, filter_bank):\n    return {body}\n"
    passes(assert_avoids, submission(source), functions=["f"], c_loops=True)


@pytest.mark.parametrize(
    "body",
    [
        "np.vectorize(g)(x)",
        "list(map(g, x))",
        "sum(filter(g, x))",
        "functools.reduce(g, x)",
        "reduce(g, x)",
        "np.apply_along_axis(g, 0, x)",
        "np.frompyfunc(g, 1, 1)(x)",
        "itertools.accumulate(x)",
        "getattr(np, 'vectorize')(g)(x)",
        "starmap(g, x)",
    ],
)
def test_assert_avoids_loop_in_c_is_found(fails, body):
    """No tracer counts it."""
    source = "import numpy as np, functools, itertools\nfrom functools import reduce\nfrom itertools import starmap\n"
    fails(assert_avoids, submission(f"{source}def f(x, g):\n    return {body}\n"), functions=["f"], c_loops=True)


def test_assert_avoids_decorator_is_used_by_its_function(fails):
    """It stands above it."""
    source = submission("import numpy as np\n@np.vectorize\ndef f(x): return x\n")
    message = fails(assert_avoids, source, functions=["f"], c_loops=True).message
    assert message.startswith("f (layers.py, line 2) uses np.vectorize")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "from scipy.signal import convolve2d as c\ndef conv(x):\n    return c(x, x)\n",
            "conv (layers.py, line 3) uses c, which is scipy.signal.convolve2d and not allowed here.",
        ),
        (
            "def conv(x):\n    import scipy.signal\n    return x\n",
            "layers.py, line 2 imports scipy.signal, which is not allowed here.",
        ),
        (
            "from scipy.signal import *\ndef conv(x):\n    return convolve2d(x, x)\n",
            "conv (layers.py, line 3) uses convolve2d, which is scipy.signal.convolve2d and not allowed here.",
        ),
        (
            "import scipy as s\ndef conv(x):\n    return s.signal.convolve(x, x)\n",
            "conv (layers.py, line 3) uses s.signal.convolve, which is scipy.signal.convolve and not allowed here.",
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
    assert failure.message == "affine_backward (layers.py, line 4) uses affine_forward, which is not allowed here."


def test_assert_avoids_code_that_nobody_read_passes_with_a_note(passes, tally):
    """The reference is trusted: it has no facts, and the check counts all the same."""
    passes(assert_avoids, SimpleNamespace(facts=None), c_loops=True)
    assert tally.notes == ["rules about the source were not checked here"]
