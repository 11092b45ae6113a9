"""Packages for looking do nothing where they are not installed, and never become an answer."""

from __future__ import annotations

import copy
import importlib.util
import operator
import pickle
import sys

import numpy as np
import pytest

from autograder.course.model import LOOKING
from autograder.inside.loading.guards import guarded_import, submission_builtins
from autograder.inside.loading.inert import find_inert_package
from autograder.inside.loading.looking import StandIns
from autograder.inside.reading.source_files import register_source

ABSENT = (
    "matplotlib",
    "mpl_toolkits",
    "seaborn",
    "tqdm",
    "IPython",
    "google.colab",
    "ipywidgets",
    "pylab",
    "progressbar",
)
NAME = "inert_example.py"


@pytest.fixture
def used():
    """The packages that left a note."""
    return []


@pytest.fixture
def run(used):
    """Run a program as a submission's and return its names."""

    def run_source(source, inert=LOOKING):
        register_source(NAME, source)
        names = {"__builtins__": submission_builtins((), (), StandIns(inert, used.append)), "__name__": "inert_example"}
        exec(compile(source, NAME, "exec"), names)
        return names

    return run_source


def test_inert_packages_are_not_installed_here():
    """These tests are about packages that are not there."""
    found = [name for name in ABSENT if "." not in name and importlib.util.find_spec(name)]
    assert not found


PLT = "import matplotlib.pyplot as plt\nimport numpy as np\n"
TQDM = "from tqdm import tqdm, trange\n"
# Each program leaves in `answer` what the same program gives where the package is installed.
RIGHT = {
    "figure": PLT + "plt.figure(figsize=(5, 4)); plt.plot([1, 2], 'o-'); plt.show(); answer = 1",
    "figure and axes": PLT + "fig, ax = plt.subplots(); ax.plot([1]); ax.set_title('x'); fig.savefig('a.png'); answer = 1",
    "nested axes": PLT + "fig, (one, two) = plt.subplots(1, 2); one.plot([1]); two.imshow(np.eye(2)); answer = 1",
    "grid of axes": PLT + "fig, axes = plt.subplots(2, 3); axes[0, 1].plot([1]); answer = axes.shape + (len(axes),)",
    "axes beside values": PLT + "_, axes = plt.subplots(1, 3)\nanswer = 0\nfor ax, x in zip(axes, [1, 2, 3]):\n    ax.plot(x); answer += x",
    "values beside axes": PLT + "_, axes = plt.subplots(2, 2)\nanswer = 0\nfor x, ax in zip([1, 2, 3], axes.flat):\n    ax.plot(x); answer += x",
    "flattened axes": PLT + "_, axes = plt.subplots(2, 2)\nanswer = [i for i, ax in enumerate(axes.ravel())]",
    "row of axes by keyword": PLT + "_, axes = plt.subplots(ncols=2, figsize=(1, 1), sharey=True)\nanswer = len(axes)",
    "unsqueezed axes": PLT + "_, axes = plt.subplots(1, 1, squeeze=False)\nanswer = axes.shape",
    "subplots of a figure": PLT + "axes = plt.figure().subplots(2, 2)\naxes[1, 1].plot([1])\nanswer = axes.size",
    "twin axes": PLT + "_, ax = plt.subplots(); two = ax.twinx(); two.plot([1]); two.legend(loc='best'); answer = 1",
    "histogram": PLT + "n, bins, patches = plt.hist([1, 2]); answer = 1",
    "line of a plot": PLT + "line, = plt.plot([1, 2, 3]); line.set_data([1], [2]); answer = 1",
    "first and others": PLT + "first, *others, last = plt.foo(); answer = others",
    "bars beside heights": PLT + "answer = sum(h for bar, h in zip(plt.bar([0, 1], [3, 4]), [3, 4]))",
    "colours of a map": PLT + "answer = [x for c, x in zip(plt.cm.viridis(np.linspace(0, 1, 3)), [1, 2, 3])]",
    "colours of the cycle": PLT + "answer = [x for c, x in zip(plt.rcParams['axes.prop_cycle'].by_key()['color'], [1, 2])]",
    "endless colours": PLT + "import itertools\ncs = itertools.cycle(plt.cm.tab10.colors)\nanswer = [i for i in range(3) if next(cs)]",
    "two unknown sequences": PLT + "for a, b in zip(plt.gcf().axes, plt.cm.tab10.colors):\n    a.plot(1, c=b)\nanswer = 1",
    "style": PLT + "with plt.style.context('ggplot'), plt.rc_context({'a': 1}) as c:\n    answer = 1",
    "parameters": PLT + "plt.rcParams['figure.figsize'] = (5, 4); plt.rcParams.update({'a': 1}); plt.rcParams.a = 2; answer = 1",
    "unpacked parameters": PLT + "answer = dict(a=1)\nplt.plot(*plt.foo(), **answer)",
    "colour map": "from matplotlib import cm\ncolour = cm.get_cmap('jet')(0.5); answer = 1",
    "backend": "import matplotlib\nmatplotlib.use('Agg')\nanswer = 'inline' in matplotlib.get_backend()\nanswer = not answer",
    "version": "import matplotlib as mpl\nanswer = isinstance(mpl.__version__, str)",
    "submodules": "import matplotlib.ticker as mtick, matplotlib.colors\nfrom matplotlib.colors import ListedColormap, Normalize\n"
    "matplotlib.colors.Normalize(); mtick.MaxNLocator(integer=True); answer = 1",
    "three dimensions": "from mpl_toolkits.mplot3d import Axes3D\nfrom mpl_toolkits import mplot3d; answer = 1",
    "animation": PLT + "from matplotlib.animation import FuncAnimation\nFuncAnimation(plt.figure(), lambda i: 1 / 0, frames=3).save('a.gif'); answer = 1",
    "subclass": "from matplotlib.ticker import Formatter\nclass Mine(Formatter):\n    def __init__(self, k):\n        super().__init__(); self.k = k\n"
    "    def __call__(self, x): return self.k * x\nanswer = Mine(2)(3)",
    "annotations": PLT + "def f(x, ax: plt.Axes | None = None, other: None | plt.Figure = None) -> 'plt.Axes': return x\nanswer = f(1)",
    "optional annotation": PLT + "from typing import Optional, Union\nx: Optional[plt.Axes] = None\ny: Union[np.ndarray, plt.Axes] = 1\nanswer = 1",
    "type checks": PLT + "answer = isinstance(1, plt.Axes) or issubclass(int, plt.Axes)\nanswer = not answer",
    "default axes": PLT + "def f(ax=None):\n    ax = ax or plt.gca(); ax.plot([1]); return 5\nanswer = f()",
    "texts": PLT + "answer = len(f'{plt.figure()} {plt.gca():>3}' + str(plt) + repr(plt.plot)) > 0",
    "array of NumPy through pyplot": PLT + "answer = plt.np.zeros(2).sum() == 0",
    "star import": "from matplotlib.pyplot import *\nfigure(); plot([1]); xlabel('x'); legend(); show()\nanswer = np.ones(2).sum()",
    "pylab": "from pylab import *\nfigure(); plot(zeros(3)); answer = dot(ones(2), ones(2)) + abs(-1) + linspace(0, 1, 3).size + pi * ndim(1)",
    "pylab as a module": "import pylab as pl\npl.plot(pl.zeros(3)); answer = pl.randn(2, 3).shape",
    "import by a function": "import importlib\nplt = importlib.import_module('matplotlib.pyplot'); plt.plot([1]); importlib.reload(plt)\n"
    "from importlib import import_module, util\nimport_module('seaborn').set(); answer = util.find_spec('matplotlib') is None",
    "import inside a function": "def f(x):\n    import matplotlib.pyplot as plt\n    from tqdm import tqdm\n    plt.plot(x)\n    return sum(v for v in tqdm(x))\nanswer = f([1, 2])",
    "import in a try": "try:\n    import matplotlib.pyplot as plt\n    has = True\nexcept ImportError:\n    has = False\nif has:\n    plt.plot([1])\nanswer = 1",
    "seaborn": "import seaborn as sns\nsns.set(); sns.set_theme(style='darkgrid'); sns.heatmap([[1]], annot=True).set(title='x'); answer = 1",
    "bar": TQDM + "answer = [x for x in tqdm([1, 2], desc='x', leave=False)]",
    "bar in enumerate": TQDM + "answer = [(i, x) for i, x in enumerate(tqdm('ab'))]",
    "bar around enumerate": TQDM + "answer = [(i, x) for i, x in tqdm(enumerate('ab'), total=2)]",
    "bar around zip": TQDM + "answer = list(tqdm(zip([1, 2], [3, 4])))",
    "bar in zip": TQDM + "answer = list(zip(tqdm([1, 2]), 'ab'))",
    "bar with postfix": TQDM + "bar = tqdm(range(3))\nanswer = 0\nfor i in bar:\n    answer += i; bar.set_postfix({'l': i}, a=1); bar.set_description(f'{i}')",
    "bar by hand": TQDM + "with tqdm(total=3) as bar:\n    for i in range(3):\n        bar.update(1)\nanswer = bar.n, bar.total",
    "bar counts": TQDM + "bar = tqdm(range(4))\nfor i in bar: pass\nanswer = bar.n, len(bar), len(tqdm([1, 2]))",
    "bar of a dict": TQDM + "answer = {k: v for k, v in tqdm({'a': 1}.items())}",
    "bar by keyword": TQDM + "answer = list(tqdm(iterable=[1], total=1))",
    "bar of a generator": TQDM + "answer = max(tqdm(i * i for i in range(3)))",
    "bar reversed": TQDM + "answer = list(reversed(tqdm([1, 2])))",
    "range": TQDM + "answer = [i for i in trange(1, 6, 2, desc='x')] + [len(trange(3))]",
    "bar of a module": "import tqdm\nanswer = list(tqdm.tqdm([1])) + list(tqdm.trange(1))\ntqdm.tqdm.pandas()",
    "bars by other names": "from tqdm.auto import tqdm as a\nfrom tqdm.notebook import tqdm as b, trange\nfrom tqdm import tqdm_notebook as c, tnrange\n"
    "answer = list(a([1])) + list(b([2])) + list(c([3])) + list(trange(1)) + list(tnrange(1))",
    "bars that compute": "from tqdm.contrib import tenumerate, tzip\nfrom tqdm.contrib.concurrent import thread_map\n"
    "answer = list(tenumerate('a')) + list(tzip([1], [2])) + thread_map(abs, [-1])",
    "star import of bars": "from tqdm import *\nanswer = list(tqdm([1])) + list(trange(1))",
    "another bar": "from progressbar import ProgressBar, progressbar\nbar = ProgressBar(max_value=2)\nanswer = list(bar([1, 2])) + list(progressbar([3]))",
    "IPython": "from IPython.display import display, clear_output, Image, HTML\nclear_output(wait=True); Image('a.png'); HTML('<b>'); answer = 1",
    "display module": "from IPython import display\ndisplay.clear_output(); display.display(display.HTML('')); answer = 1",
    "shell": "from IPython import get_ipython\nget_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().run_cell_magic('time', '', 'answer = 1')",
    "star import of display": "from IPython.display import *\nclear_output(); HTML(''); answer = 1",
    "Colab's drive": "from google.colab import drive\ndrive.mount('/content/drive', force_remount=True); answer = 1",
    "Colab's files": "from google.colab import files\nuploaded = files.upload()\nfiles.download('a'); answer = 1",
    "Colab as a module": "import google.colab\ngoogle.colab.drive.mount('/content'); import google.colab.drive as d; d.mount('x'); answer = 1",
    "Colab from its parent": "from google import colab\ncolab.drive.mount('/content'); answer = 1",
    "Colab in a try is not here": "try:\n    import google.colab\n    answer = 'Colab'\nexcept:\n    answer = 'elsewhere'",
    "Colab from a try is not here": "try:\n    from google.colab import drive\n    answer = 'Colab'\nexcept ImportError:\n    answer = 'elsewhere'",
    "Colab in a with is inert": "import contextlib\nwith contextlib.suppress(ValueError):\n    import google.colab\nanswer = google.colab is not None",
    "widget decorator": "from ipywidgets import interact\n@interact\ndef f(x=1): return 2 * x\nanswer = f(2)",
    "widget decorator with options": "import ipywidgets as widgets\n@widgets.interact(x=(0, 10), y=widgets.IntSlider())\ndef f(x): return 2 * x\nanswer = f(2)",
    "widget on a function": "from ipywidgets import interact, fixed\ndef f(x): return x / 0\nanswer = interact(f, x=fixed(1)) is f",
    "output widget": "import ipywidgets\nout = ipywidgets.Output()\nwith out:\n    answer = 1\n@out.capture()\ndef f(): return 1\nanswer = f()",
    "formatter decorator": PLT + "@plt.FuncFormatter\ndef f(x, pos): return x\nanswer = f(1, 2)",
    "class that holds a figure": PLT + "class A:\n    def __init__(self): self.fig, self.ax = plt.subplots()\n    def f(self): self.ax.plot([1]); return 3\nanswer = A().f()",
}  # fmt: skip
ANSWERS = {
    "grid of axes": (2, 3, 2), "axes beside values": 6, "values beside axes": 6, "flattened axes": [0, 1, 2, 3], "row of axes by keyword": 2,
    "unsqueezed axes": (1, 1), "subplots of a figure": 4, "first and others": [], "bars beside heights": 7, "colours of a map": [1, 2, 3],
    "colours of the cycle": [1, 2], "endless colours": [0, 1, 2], "unpacked parameters": {"a": 1}, "subclass": 6, "default axes": 5,
    "star import": 2.0, "pylab": 6.0, "pylab as a module": (2, 3), "import inside a function": 3, "bar": [1, 2], "bar in enumerate": [(0, "a"), (1, "b")],
    "bar around enumerate": [(0, "a"), (1, "b")], "bar around zip": [(1, 3), (2, 4)], "bar in zip": [(1, "a"), (2, "b")], "bar with postfix": 3,
    "bar by hand": (3, 3), "bar counts": (4, 4, 2), "bar of a dict": {"a": 1}, "bar by keyword": [1], "bar of a generator": 4, "bar reversed": [2, 1],
    "range": [1, 3, 5, 3], "bar of a module": [1, 0], "bars by other names": [1, 2, 3, 0, 0], "bars that compute": [(0, "a"), (1, 2), 1],
    "star import of bars": [1, 0], "another bar": [1, 2, 3], "Colab in a try is not here": "elsewhere", "Colab from a try is not here": "elsewhere",
    "widget decorator": 4, "widget decorator with options": 4, "class that holds a figure": 3,
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_inert_package_in_a_right_program_changes_no_answer(run, name):
    """A program that draws or shows progress computes what it computes where the package is installed."""
    assert run(RIGHT[name])["answer"] == ANSWERS.get(name, 1)


@pytest.mark.parametrize(
    "use",
    [
        "plt.hist([1])[0] + 1", "1 - plt.foo()", "2 * plt.x", "plt.x / 2", "plt.x ** 2", "plt.x @ np.eye(2)", "-plt.x", "abs(plt.x)",
        "float(plt.foo())", "int(plt.foo())", "complex(plt.x)", "round(plt.x)", "range(plt.x)", "[1, 2][plt.x]",
        "plt.x < 3", "max(plt.x, 1)", "sum(plt.hist([1, 2])[0])", "np.asarray(plt.x)", "np.array([plt.x, 1.0])", "np.ones(2) + plt.x",
        "np.add(np.ones(2), plt.x)", "np.sqrt(plt.x)", "np.mean(plt.subplots(2)[1])", "plt.subplots(2)[1] * 2", "len(plt.foo())",
        "plt.x | 3", "np.ones(2) == plt.x",
    ],
)  # fmt: skip
def test_inert_object_used_as_a_value_says_that_its_package_is_not_here(run, use):
    """No number is made up, and the message is true."""
    with pytest.raises(ModuleNotFoundError, match="matplotlib is not installed where this is graded") as caught:
        run(PLT + f"answer = {use}")
    assert caught.value.name == "matplotlib"


@pytest.mark.parametrize("use", ["'%d' % plt.x", "open(plt.x)", "'a' + plt.x", "'a'.join([plt.x])"])
def test_inert_object_as_a_text_is_refused_with_its_package(run, use):
    """Python's own message names the package by the type."""
    with pytest.raises((TypeError, ModuleNotFoundError), match="matplotlib"):
        run(PLT + f"answer = {use}")


def test_inert_object_equals_itself_only(run):
    """A comparison with an answer is never true."""
    plt = run(PLT)["plt"]
    figure = plt.figure()
    assert operator.eq(figure, figure)
    assert plt.plot is plt.plot
    assert not any(figure == other for other in (plt.figure(), 1, None, True, plt))


def test_inert_object_is_taken_for_no_array_or_tensor(run):
    """TensorFlow, Keras and NumPy recognise theirs by attributes; a bar in a `tf.function` is looped over in Python."""
    names = run(PLT + TQDM + "bar = tqdm(range(3))")
    probed = ("dtype", "shape", "ndim", "numpy", "is_tensor_like", "__tf_tensor__", "_keras_history", "_repr_html_")
    for one in (names["plt"], names["plt"].figure(), names["bar"]):
        assert not [name for name in probed if hasattr(one, name)]
    with pytest.raises(AttributeError, match="matplotlib is not installed where this is graded"):
        run(PLT + "plt.gcf().shape")


def test_inert_object_is_copied_and_pickled(run):
    """A model that holds a figure can be copied."""
    figure = run(PLT)["plt"].figure()
    assert copy.copy(figure) is figure
    assert copy.deepcopy([figure]) == [figure]
    assert find_inert_package(pickle.loads(pickle.dumps(figure))) == "matplotlib"


def test_inert_packages_in_use_are_told_once_each(run, used):
    """Whoever imports a package many times gets one note."""
    run(PLT + "import matplotlib\nfrom matplotlib import cm\nfrom tqdm import tqdm\nfrom google.colab import drive")
    assert used == ["matplotlib", "tqdm", "google.colab"]


@pytest.mark.parametrize("module", ["cupy", "pandas_profiling", "no_such_package", "matplotlibx"])
def test_absent_package_that_computes_is_still_absent(run, module):
    """``cupy`` falls back to ``numpy`` as before."""
    found = run(f"try:\n    import {module} as np\nexcept ImportError:\n    import numpy as np\nanswer = np")
    assert found["answer"] is np


def test_inert_list_without_a_package_leaves_it_absent(run):
    """The assignment decides which packages are inert."""
    with pytest.raises(ModuleNotFoundError, match="No module named 'matplotlib'"):
        run(PLT, inert=("tqdm",))


def test_inert_package_that_is_installed_is_the_real_one(run, used):
    """Nothing stands in for what is there; a module that it lacks is an error."""
    found = run("import colorsys, json.decoder\nfrom json import decoder", inert=("colorsys", "json"))
    assert found["colorsys"] is sys.modules["colorsys"]
    with pytest.raises(ModuleNotFoundError, match="json.nothing"):
        run("import json.nothing", inert=("json",))
    assert not used


def test_inert_package_is_not_found_by_libraries(run):
    """A library that looks for matplotlib goes on without it."""
    run(PLT + "import importlib; importlib.import_module('matplotlib.pyplot')\nfrom google.colab import drive")
    assert not {"matplotlib", "matplotlib.pyplot", "google.colab"} & set(sys.modules)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("matplotlib")


def test_inert_package_that_is_forbidden_stays_forbidden():
    """An assignment may refuse plots altogether."""
    names = {"__builtins__": {"__import__": guarded_import(["tqdm"], (), StandIns(["tqdm"], print))}}
    with pytest.raises(ImportError, match="does not allow `tqdm`"):
        exec("from tqdm import tqdm\ntqdm([1])", names)


def test_inert_bar_writes_what_it_is_told_to(run, capsys):
    """``tqdm.write`` is a print."""
    run(TQDM + "tqdm.write('epoch 1'); tqdm([1]).write('epoch 2')")
    assert capsys.readouterr().out == "epoch 1\nepoch 2\n"


@pytest.mark.parametrize(
    "source",
    [
        "class Mine(tqdm):\n    pass\nanswer = [x for x in Mine([1, 2])]",
        (
            "class Mine(tqdm):\n    def __init__(self, *args, **options):\n        super().__init__(*args, **options)\n"
            "        self.best = None\nanswer = list(Mine([1, 2], desc='x'))"
        ),
        (
            "class Mine(tqdm):\n    def update(self, n=1):\n        super().update(n)\n        super().set_postfix(n=self.n)\n"
            "with Mine(total=3) as bar:\n    bar.update(1)\n    bar.update(1)\n    bar.set_description('y')\n"
            "answer = [1, bar.n]"
        ),
        (
            "class Mine(tqdm):\n    def __iter__(self):\n        for x in super().__iter__():\n            yield x\n"
            "answer = [*Mine(iter([1, 2]))]"
        ),
        (
            "class First(tqdm):\n    pass\nclass Mine(First):\n    def close(self):\n        super().refresh()\n"
            "bar = Mine(range(1, 3))\nbar.close()\nanswer = [*bar]\nassert len(bar) == 2 and bar.n == 2"
        ),
    ],
)
def test_inert_bar_as_a_base_class_iterates_what_it_is_given(run, source):
    """A student's own bar does what the package's does."""
    assert run(f"from tqdm import tqdm\n{source}")["answer"] == [1, 2]


def test_inert_base_class_has_what_a_subclass_asks_for_by_super(run):
    """Methods, and attributes with parts of their own; two bases of one package stand beside each other."""
    names = run(
        "from matplotlib.animation import FuncAnimation\nimport matplotlib.pyplot as plt\n"
        "class Mine(FuncAnimation, plt.Figure):\n    def save(self, name):\n        super().save(name)\n"
        "        self.axes.plot([1])\n        self.event_source.stop()\n        return 1\n"
        "answer = Mine(None).save('x.gif')"
    )
    assert names["answer"] == 1
