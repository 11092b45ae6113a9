"""One statement that fails costs no other: what is lost, what is not, and what is said of it."""

from __future__ import annotations

import pytest

from autograder.records.outcome import Outcome

ABSENT = "not installed where this is graded, and no absent.py was handed in"


def told(submission):
    """Every loss as a sentence, with the place of its root where it has one."""
    losses = submission.loading.losses
    return [(loss.describe(), None if loss.root is None else losses[loss.root].line) for loss in losses]


@pytest.mark.parametrize(
    "source",
    [
        "import absent\ndef f(): return 1",
        "import absent, math\ndef f(): return int(math.sqrt(1))",
        "from math import absent, sqrt\ndef f(): return int(sqrt(1))",
        "def f(): return 1\nassert f() == 2",
        "x = absent.y\ndef f(): return 1\nx.z()",
        "def f(): return 1\nimport sys\nsys.exit()",
        "def f(): return 1\nraise ValueError('mine')",
        "raise NotImplementedError('later')\ndef f(): return 1",
        "'''text'''\ndef f(): return 1\n'''more'''",
        "with open('nowhere.csv') as file:\n    data = file.read()\ndef f(): return 1",
        "try:\n    import absent\nexcept ImportError:\n    absent = None\ndef f(): return 1",
        "if True:\n    import absent\ndef f(): return 1",
        "def f(): return 1\nexit(3)",
        "import argparse\nargs = argparse.ArgumentParser().parse_args(['--unknown'])\ndef f(): return 1",
        "async def h(): return 1\ndef f(): return 1",
        "class A(absent.B): pass\ndef f(): return 1",
    ],
)
def test_loading_statement_that_fails_costs_no_other(load, source):
    """What was defined is graded, above and below."""
    assert load(source).f() == 1


def test_loading_consequences_stand_under_their_cause(load):
    """An import that failed is the root of every name that is missing for it."""
    source = "import absent.part as part\nx = part.make()\ny = x + 1\n1 / 0\ndef f(): return part.run()"
    submission = load(source)
    assert told(submission) == [
        (f"layers.py, line 1: `import absent.part as part` failed: {ABSENT}", None),
        (submission.loading.losses[1].describe(), 1),
        (submission.loading.losses[2].describe(), 1),
        ("layers.py, line 4: `1 / 0` failed: ZeroDivisionError: division by zero", None),
    ]
    with pytest.raises(
        NameError, match=r"name 'part' is not defined: `import absent.part as part` \(layers.py, line 1\)"
    ):
        submission.f()


def test_loading_name_that_is_lost_leads_to_its_root(load, caught_end):
    """The criterion that needs it says what happened, in the student's words and lines."""
    end = caught_end(lambda: load("import absent\nx = absent.f\ny = x(1)").y)
    assert end.outcome is Outcome.NOT_LOADED
    assert end.message == (f"`y` was not loaded: layers.py, line 1: `import absent` failed: {ABSENT}")


def test_loading_name_imported_from_another_file_goes_back_to_the_loss_there(load):
    """`from layers import a, gone, b` gives a and b; gone is explained by what layers.py lost."""
    submission = load(
        "import absent\ndef a(): return 1\ngone = absent.x\ndef b(): return 2\n__all__ = ['a', 'gone', 'b']",
        "from layers import a, gone, b\ndef f(): return a() + b()\nfrom layers import *",
        defines={"f": "net.py"},
    )
    assert submission.f() == 3
    first, second, third = submission.loading.losses
    assert (first.line, second.root, third.root) == (1, 0, 0)
    assert (third.file, third.names) == ("net.py", ("gone",))


@pytest.mark.parametrize(
    ("above", "named"),
    [
        ("import sys\nsys.exit(1)", "`sys.exit(1)`"),
        ("raise RuntimeError('stop')", "`raise RuntimeError('stop')`"),
        ("if True:\n    raise RuntimeError('stop')", "`if True:`"),
    ],
)
def test_loading_below_an_exit_names_are_added_and_never_replaced(load, above, named):
    """Python would not have come there: an older definition counts, a new one is better than none."""
    submission = load(f"def f(): return 1\n{above}\ndef f(): return 2\ndef g(): return 3")
    assert (submission.f(), submission.g()) == (1, 3)
    (note,) = submission.loading.notes
    assert "`f` is defined again below" in note
    assert named in note
    assert "line 1 counts" in note


def test_loading_below_an_error_that_nobody_wanted_names_are_replaced(load):
    """A plot that failed in the middle does not freeze what was defined above it."""
    assert load("def f(): return 1\n1 / 0\ndef f(): return 2").f() == 2


def test_loading_definition_that_is_lost_names_the_older_one(load):
    """Which of two definitions was graded is never left open."""
    submission = load("def f(x=1): return 1\ndef f(x=absent): return 2")
    assert submission.f() == 1
    (loss,) = submission.loading.losses
    assert loss.kept == {"f": "line 1"}


@pytest.mark.parametrize(
    "source",
    [
        "def f(x: Optional[int] = None) -> absent.Tensor: return 1",
        "import absent\n@absent.jit\ndef f(): return 1",
        "from absent import njit\n@njit(cache=True)\ndef f(): return 1",
        "from absent import njit\n@njit\ndef f(x: Array = None): return 1",
        "from absent import njit\ndef f(): return -1\n@njit\ndef f(): return 1",
        "class A:\n    def run(self, x: Tensor): return 1\ndef f(): return A().run(0)",
        "from absent import dataclass\n@dataclass\nclass A:\n    pass\ndef f(): return int(A() is not None)",
    ],
)
def test_loading_absent_names_in_annotations_and_decorators_cost_nothing(load, source):
    """They say nothing of what a function computes; a stub above is not graded in silence."""
    assert load(source).f() == 1


def test_loading_decorator_that_was_left_out_is_noted(load):
    """With the import that failed."""
    (note,) = load("from absent import njit\n@njit\ndef f(): return 1").loading.notes
    assert note == (
        "`f` (line 2) was loaded without its decorator `@njit`: `from absent import njit` (layers.py, line 1)"
        f" failed: {ABSENT}."
    )


def test_loading_decorator_of_ones_own_is_never_left_out(load):
    """It may be what makes the function right."""
    assert "f" not in load("my = absent.thing\n@my\ndef f(): return 1")


def test_loading_decorator_of_a_forbidden_package_is_never_left_out(load, caught_end):
    """That would be a way to use it."""
    submission = load("import numba\n@numba.njit\ndef f(): return 1", forbidden=["numba"])
    assert caught_end(lambda: submission.f).outcome is Outcome.FORBIDDEN


def test_loading_forbidden_package_costs_what_uses_it(load, caught_end):
    """A file that uses it in one statement loses this statement."""
    submission = load("import torch\nx = torch.zeros(3)\ndef f(): return 1", forbidden=["torch"])
    assert submission.f() == 1
    end = caught_end(lambda: submission.x)
    assert (end.outcome, end.message) == (
        Outcome.FORBIDDEN,
        "`x` was not loaded: layers.py, line 2: `x = torch.zeros(3)` failed: this assignment does not allow `torch`",
    )


def test_loading_strings_below_the_first_do_not_become_the_docstring(load):
    """A text that comments on the code is no docstring."""
    assert load("'''The docstring.'''\nx = 1\n'''A comment.'''\ndef f(): return __doc__").f() == "The docstring."


def test_loading_builtins_are_the_same_for_every_statement(load):
    """A statement that spoils them spoils nothing below it."""
    assert load("__builtins__ = {}\ndel __builtins__\nx = len([1])\ndef f(): return x").f() == 1


def test_loading_notebook_keeps_future_imports_for_later_cells(load):
    """IPython does."""
    submission = load(["from __future__ import annotations", "def f(x: Absent): return 1"])
    assert submission.f(0) == 1
    assert not submission.loading.notes


def test_loading_notebook_awaits_at_its_top_level(load):
    """One event loop serves all cells."""
    cells = [
        "import asyncio\nloop = None",
        "loop = asyncio.get_running_loop() if await asyncio.sleep(0, True) else None",
        "same = (await asyncio.sleep(0, loop)) is asyncio.get_running_loop()\ndef f(): return same",
    ]
    assert load(cells).f() is True


def test_loading_title_is_the_name_that_the_student_knows(load):
    """Messages and tracebacks name ann.ipynb, not the declared file."""
    submission = load(["x = 1", "1 / 0", "def f(): raise ValueError('no')"], titles={"layers.py": "ann.ipynb"})
    with pytest.raises(ValueError, match="no") as caught:
        submission.f()
    assert [(frame.file, frame.line) for frame in caught.value.remote.frames] == [("ann.ipynb, cell 3", 1)]
    assert submission.loading.losses[0].describe().startswith("ann.ipynb, cell 2, line 1: `1 / 0` failed")


def test_loading_statement_that_is_left_out_is_not_run(load):
    """It was learned that loading ends there."""
    from autograder.remote.loading import LeftOut

    left_out = [LeftOut("layers.py", 1, 1, "time limit", "it used more than 2 s of CPU time")]
    submission = load("x = 1\nx = 2\ndef f(): return x", left_out=left_out)
    assert submission.f() == 1
    (loss,) = submission.loading.losses
    assert loss.describe() == "layers.py, line 2: `x = 2` was left out: it used more than 2 s of CPU time"


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("from helpers import double", "helpers.py"),
        ("import helpers\ndouble = helpers.double", "helpers.py"),
        ("from tools.helpers import double", "tools/helpers.py"),
        ("from tools import helpers\ndouble = helpers.double", "tools/helpers.py"),
        ("from tools import double", "tools/__init__.py"),
        ("from cs231n.im2col import *", "im2col.py"),
        ("from cs231n.im2col import double", "cs231n/im2col.py"),
        ("from .im2col import double", "im2col.py"),
        ("import importlib\ndouble = importlib.import_module('helpers').double", "helpers.py"),
    ],
)
def test_loading_helper_files_are_importable(load, line, path):
    """By their own name, in a folder, and inside the assignment's aliases."""
    submission = load(
        f"{line}\ndef f(x): return double(x)", helpers={path: "def double(x): return 2 * x"}, aliases=["cs231n"]
    )
    assert submission.f(2) == 4
    assert "double" in submission
    assert not submission.loading.losses


def test_loading_helper_file_is_invisible_to_libraries(load):
    """Only the submission's own imports find it: a library that looks for an optional package does not."""
    source = (
        "import json.tool, sys\n"
        "def ask(): exec('import helpers', json.tool.__dict__)\n"
        "def f():\n    import importlib.util\n    return importlib.util.find_spec('helpers') is None\n"
    )
    looked = "import importlib\ndef g():\n    import helpers\n    return helpers.x"
    submission = load(source + looked, helpers={"helpers.py": "x = 5"})
    assert submission.g() == 5


def test_loading_helper_file_that_fails_in_part_is_used_as_far_as_it_goes(load):
    """It is loaded statement by statement, too."""
    submission = load(
        "from helpers import a, gone\ndef f(): return a()",
        helpers={"helpers.py": "import absent\ndef a(): return 1\ngone = absent.x"},
    )
    assert submission.f() == 1
    assert [(loss.file, loss.root) for loss in submission.loading.losses] == [
        ("helpers.py", None), ("helpers.py", 0), ("layers.py", 0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "device = absent.device()\ndef f(x=1, device=device): return x",
        "device = absent.device()\ndef f(x=1, *, device=device.name): return x",
        "device = absent.device()\nclass A:\n    def run(self, d=device): return 1\ndef f(): return A().run()",
        "from absent import njit, types\n@njit\ndef f(x=1, kind=types.int): return x",
    ],
)
def test_loading_absent_default_costs_nothing_while_it_is_not_used(load, source):
    """A function whose default needs a lost name is there all the same."""
    assert load(source).f() == 1


def test_loading_absent_default_raises_as_soon_as_it_is_used(load):
    """It is never a value, and the import that failed is named."""
    submission = load(
        "device = absent.device()\ndef f(device=device): return device + 1\ndef g(d=device): return d.name"
    )
    for function in (submission.f, submission.g):
        with pytest.raises(NameError, match=r"name 'device' is not defined: `device = absent.device\(\)`"):
            function()


def test_loading_absent_file_of_the_assignment_was_not_handed_in(load, caught_end):
    """It is no package that could be installed; for staff, it is none that is missing here."""
    submission = load("from net import loss\nimport net\nk = net.x", order=["layers.py", "net.py"])
    assert [loss.why for loss in submission.loading.losses][:2] == ["`net` was not handed in"] * 2
    assert {loss.kind for loss in submission.loading.losses if loss.root is None} == {"raised"}


def test_loading_import_in_a_function_says_where_it_fails(load):
    """As an import at the top level does."""
    submission = load("def f():\n    import absent.part\ndef g():\n    import net", order=["layers.py", "net.py"])
    with pytest.raises(ModuleNotFoundError, match=r"'absent' \(`absent` is not installed where this is graded\)"):
        submission.f()
    with pytest.raises(ModuleNotFoundError, match=r"'net' \(`net` was not handed in\)"):
        submission.g()


def test_loading_network_that_is_not_there_is_told(load):
    """Data that is fetched is the commonest reason."""
    submission = load("raise OSError('<urlopen error [Errno -3] Temporary failure in name resolution>')")
    assert submission.loading.losses[0].why.endswith("(there is no network where this is graded)")


def test_loading_file_may_import_itself_by_the_name_that_its_student_knows(load):
    """`ann.py`, taken as `layers.py`, is no package that is missing."""
    submission = load("def f(): return 1\nfrom ann import f\nimport ann", titles={"layers.py": "ann.py"})
    assert submission.f() == 1
    assert not submission.loading.losses


TEMPLATE = "import math\nSIZE = 2\ndef f(): raise NotImplementedError('later')\ndef half(x): return x / SIZE\n"


@pytest.mark.parametrize(
    "source",
    [
        "from layers import *\ndef f(): return int(math.sqrt(half(2)))",
        "from layers import math, half\ndef f(): return int(math.sqrt(half(2)))",
        "import layers\ndef f(): return int(layers.math.sqrt(layers.half(2)))",
        "import layers, importlib\nimportlib.reload(layers)\nfrom layers import math, half\ndef f(): return math.ceil(half(2))",
        "def f(): return 1\nfrom layers import *",
        "def half(x): return 1\nfrom layers import half, f\ndef f(): return half(0)",
        "from .layers import *\ndef f(): return int(half(2))",
        ["from layers import *", "def f(): return int(half(2))"],
    ],
)
def test_loading_work_that_imports_its_template_has_its_names(load, source):
    """At home the template lay beside it; what the work defines wins."""
    submission = load(source, titles={"layers.py": "ann.ipynb"}, templates={"layers.py": TEMPLATE})
    assert submission.f() == 1
    assert not submission.loading.losses


def test_loading_template_gives_no_names_to_work_that_does_not_import_it(load, caught_end):
    """A function that is not there is missing, and a lost import of the work's own stays lost."""
    submission = load(
        "from layers import SIZE, absent\ndef g(): return SIZE",
        titles={"layers.py": "ann.py"},
        templates={"layers.py": TEMPLATE},
    )
    assert submission.g() == 2
    assert caught_end(lambda: submission.f).outcome is Outcome.MISSING
    (loss,) = submission.loading.losses
    assert loss.names == ("absent",)


@pytest.mark.parametrize(
    "statement",
    [
        "from .net import half",
        "from cs1.net import half",
        "from cs1 import net\nhalf = net.half",
        "import cs1.net\nhalf = cs1.net.half",
    ],
)
def test_loading_template_can_be_imported_from_a_package_too(load, statement):
    """By every name that the file itself would have."""
    submission = load(f"{statement}\ndef f(): return half(4)", templates={"net.py": TEMPLATE}, aliases=["cs1"])
    assert submission.f() == 2
    assert not submission.loading.losses


def test_loading_template_in_a_folder_can_be_imported(load):
    """Its folder is a package."""
    submission = load("from parts.net import half\ndef f(): return half(4)", templates={"parts/net.py": TEMPLATE})
    assert submission.f() == 2


def test_loading_template_of_a_file_that_was_not_handed_in_can_be_imported(load):
    """One notebook stands for two files, and imports the second as it was handed out."""
    submission = load(
        ["from net import *\nfrom net import half as other\nimport net", "def f(): return other(half(4)) + net.SIZE"],
        order=["layers.py", "net.py"],
        titles={"layers.py": "ann.ipynb"},
        templates={"net.py": TEMPLATE},
    )
    assert submission.f() == 3
    assert not submission.loading.losses


@pytest.mark.parametrize(
    "source",
    [
        "class M:\n    @staticmethod\n    @njit\n    def run(): return 1\ndef f(): return M.run()",
        "class M:\n    @absent.jit(cache=True)\n    def run(self): return 1\ndef f(): return M().run()",
        "def f():\n    @absent.njit\n    def g(): return 1\n    return g()",
        "class M:\n    def run(self):\n        @njit\n        def g(): return 1\n        return g()\ndef f(): return M().run()",
        "@partial(absent.jit, static_argnums=(2,))\ndef f(): return 1",
        "def g(): return 1\nf = njit(g)",
        "def g(): return 1\nf = absent.jit(g, static_argnums=0)",
        "def g(): return 1\nf = njit(cache=True)(g)",
        "def f(): return 1\nf = partial(absent.jit, static_argnums=0)(f)",
        "f: object = njit(lambda: 1)",
    ],
)
def test_loading_wrapper_of_an_absent_package_is_left_out_wherever_it_stands(load, source):
    """Of methods, of functions within, given to `partial`, and called by hand."""
    submission = load(f"from functools import partial\nimport absent\nfrom absent import njit\n{source}")
    assert submission.f() == 1
    assert [loss.line for loss in submission.loading.losses] == [2, 3]
    (note,) = submission.loading.notes
    assert "loaded without its" in note
    assert "failed: not installed where this is graded" in note


@pytest.mark.parametrize(
    "source",
    [
        "from absent import grad\ndef g(): return 1\nf = grad(g)",
        "import absent\ndef g(): return 1\nf = absent.jit(absent.vmap(g))",
        "from absent import Model\nx = 1\nf = Model(x)",
        "import math\nf = math.jit(math)",
    ],
)
def test_loading_value_of_an_absent_package_is_no_function_of_the_file(load, source):
    """A gradient is not the function that it is taken of, and an object is none."""
    assert "f" not in load(source)


@pytest.mark.parametrize(
    "source",
    [
        "class M:\n    @staticmethod\n    @absent.njit\n    def run(): return 1\ndef f(): return M.run()",
        "def f():\n    @absent.njit\n    def g(): return 1\n    return g()",
        "def g(): return 1\nf = absent.njit(g)",
    ],
)
def test_loading_wrapper_of_a_forbidden_package_is_never_left_out(load, source):
    """What an assignment forbids is not made to work."""
    submission = load(f"import absent\n{source}", forbidden=["absent"])
    with pytest.raises(BaseException, match="absent"):
        submission.f()
    assert not submission.loading.notes


def test_loading_own_decorators_stay_below_a_lost_star_import(load):
    """What such an import would have bound is not known: only names that nothing else binds are taken for its."""
    submission = load(
        "from absent import *\nclass A:\n    @property\n    def x(self):\n        def two(g): return lambda: 2\n"
        "        @two\n        def h(): return 1\n        return h()\ndef f(): return A().x"
    )
    assert submission.f() == 2


@pytest.mark.parametrize(
    ("source", "lost"),
    [
        ("class M:\n    import absent as ab\n    def run(self): return 1\ndef f(): return M().run()", ["ab"]),
        ("if True:\n    import absent\n    def f(): return 1", ["absent"]),
        ("if False:\n    pass\nelse:\n    import math, absent\n    def f(): return math.ceil(.5)", ["absent"]),
        (
            "if True:\n    from absent import a\n    from absent import b\n    if True:\n        import gone\n    f = lambda: 1",
            ["a", "b", "gone"],
        ),
    ],
)
def test_loading_absent_import_within_a_block_costs_only_itself(load, source, lost):
    """The class, or what stands under the `if`, is loaded without it."""
    submission = load(source)
    assert submission.f() == 1
    assert [name for loss in submission.loading.losses for name in loss.names] == lost
    assert all(loss.text.startswith(("import", "from")) for loss in submission.loading.losses)


def test_loading_name_of_an_absent_import_within_a_block_leads_to_it(load):
    """A function that needs it says which import failed."""
    submission = load("if True:\n    import absent as ab\n    def f(): return ab.x")
    with pytest.raises(NameError, match=r"`import absent as ab` \(layers.py, line 2\) failed"):
        submission.f()


def test_loading_block_that_needs_its_absent_import_is_lost_for_it(load, caught_end):
    """The import is the cause that is told."""
    submission = load("if True:\n    import absent\n    x = absent.make()\n    def f(): return 1")
    first, second = submission.loading.losses
    assert (first.text, second.root) == ("import absent", 0)
    assert {"f", "x"} <= {*second.names}
    assert "`import absent` failed" in caught_end(lambda: submission.f).message


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("from .tools import mse", "tools"),
        ("from ..lib.tools import mse", "lib"),
        ("from . import plots", "plots"),
        ("from .. import plots as p", "plots"),
        ("from .tools import *", "tools"),
        ("import submission_folder.tools", "submission_folder.tools"),
    ],
)
def test_loading_relative_import_of_what_was_not_handed_in_names_no_folder_of_ours(load, statement, name):
    """It is no package that is missing, and so none for staff to count."""
    submission = load(f"{statement}\ndef f(): return 1\ndef g():\n    {statement.replace('*', 'mse')}")
    assert submission.f() == 1
    (loss,) = submission.loading.losses
    assert (loss.kind, loss.subject) == ("raised", f"{name.partition('.')[0]} was not handed in")
    assert loss.describe().endswith(f"failed: `{name}` was not handed in")
    with pytest.raises(ImportError, match="was not handed in") as caught:
        submission.g()
    assert ".up" not in str(caught.value)


@pytest.mark.parametrize("mark", ["# In[1]:", "# In[ ]:", "# %%", "#%% first"])
def test_loading_script_of_a_notebook_may_await(load, caught_end, mark):
    """It is run as the notebook that it was made of; a plain script cannot be compiled."""
    source = "\nimport asyncio\nawait asyncio.sleep(0)\nasync def h(): return 1\nx = await h()\ndef f(): return x"
    assert load(f"#!/usr/bin/env python\n\n{mark}\n{source}").f() == 1
    end = caught_end(lambda: load(f"{source}").f)
    assert "'await' outside function" in end.message


def test_loading_block_that_awaits_is_loaded_without_its_absent_import(load):
    """It is compiled anew as what it was."""
    submission = load(
        ["import asyncio", "if True:\n    import absent\n    await asyncio.sleep(0)\n    def f(): return 1"]
    )
    assert submission.f() == 1
