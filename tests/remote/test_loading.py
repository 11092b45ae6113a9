"""How a submission's files become modules."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from autograder.inside.reading.source_files import compile_ahead
from autograder.records.outcome import Outcome


def test_loading_files_import_each_other_in_any_order(load):
    """The first file may need the second."""
    submission = load("from net import scale\ndef f(x): return scale * x", "scale = 3\ndef g(x): return x")
    assert submission.f(2) == 6
    assert submission.g(1) == 1
    assert {submission.loading.defined_in[name] for name in "fg"} == {"layers.py", "net.py"}


def test_loading_circular_imports_work_as_in_python(load):
    """Partially loaded modules are seen by each other."""
    submission = load("import net\ndef f(): return net.g()", "import layers\ndef g(): return layers.__name__")
    assert submission.f() == "layers"


@pytest.mark.parametrize(
    "line",
    [
        "from cs231n.layers import *",
        "from cs231n.layers import f",
        "from cs231n.classifiers.layers import f",
        "from .layers import f",
        "from ..layers import f",
        "from ...layers import *",
        "from . import layers\nf = layers.f",
        "from cs231n import layers\nf = layers.f",
        "import cs231n.layers as layers\nf = layers.f",
        "import layers\nf = layers.f",
    ],
)
def test_loading_imports_under_aliases_reach_the_file(load, line):
    """Real course files import their neighbours from a package."""
    submission = load("def f(): return 1", f"{line}\ndef g(): return f()", aliases=["cs231n", "cs231n.classifiers"])
    assert submission.g() == 1


def test_loading_alias_is_the_same_module(load):
    """State set through one name is seen through the other."""
    submission = load(
        "count = 0",
        "import layers, cs231n.layers\ncs231n.layers.count = 5\ndef f(): return layers.count",
        aliases=["cs231n"],
    )
    assert submission.f() == 5


def test_loading_unknown_module_of_an_alias_is_missing(load):
    """A file that was not handed in is not made up."""
    submission = load("from cs231n.fast_layers import conv", aliases=["cs231n"])
    (loss,) = submission.loading.losses
    assert loss.describe() == (
        "layers.py, line 1: `from cs231n.fast_layers import conv` failed: `cs231n.fast_layers` was not handed in"
    )
    assert (loss.trace.type, loss.trace.frames[0].line) == ("ModuleNotFoundError", 1)


def test_loading_support_modules_are_importable_and_no_part_of_the_namespace(load):
    """What the course ships can be used, and is not the student's."""
    submission = load(
        "from gradient_check import numeric\ndef f(): return numeric()",
        support={"gradient_check.py": "def numeric(): return 4\nx = 1"},
    )
    assert submission.f() == 4
    assert "x" not in submission


def test_loading_file_that_fails_is_recorded_and_others_go_on(load, caught_end):
    """A criterion of the other file is graded; one of this file is not loaded, with the line."""
    submission = load("def f(): return 1\nx = [1,", "def g(): return 2", defines={"f": "layers.py", "g": "net.py"})
    assert submission.g() == 2
    end = caught_end(lambda: submission.f)
    assert end.outcome is Outcome.NOT_LOADED
    assert end.message == "layers.py could not be loaded: SyntaxError: '[' was never closed (line 2)"


def test_loading_file_that_needs_a_failed_file_says_so(load, caught_end):
    """It is graded as far as it needs nothing of the other; a name from there goes back to its cause."""
    source = "from layers import f\ndef g(): return 2\ndef h(): return f()\nk = f"
    submission = load("x = [1, 2\n", source, defines={"k": "net.py"})
    assert submission.g() == 2
    with pytest.raises(NameError, match=r"name 'f' is not defined: layers.py failed: SyntaxError: '\[' was never"):
        submission.h()
    cause = "layers.py could not be loaded: SyntaxError: '[' was never closed (line 1)"
    assert caught_end(lambda: submission.k).message == cause


@pytest.mark.parametrize(
    ("source", "type_name", "line"),
    [
        ("def f(:\n    pass", "SyntaxError", 1),
        ("x = 1\nfrom __future__ import annotations", "SyntaxError", 2),
        ("print 'hello'", "SyntaxError", 1),
        ("def f():\nreturn 1", "IndentationError", 2),
        ("if True:\n\tx = 1\n        y = 2", "TabError", 3),
        ("x = '\\N{no such name}'", "SyntaxError", 1),
    ],
)
def test_loading_errors_name_file_and_line(load, source, type_name, line):
    """One clear message with the student's file and line, whatever it is."""
    trace = load(source).loading.failed["layers.py"]
    assert trace.type == type_name
    assert [(frame.file, frame.line) for frame in trace.frames][-1] == ("layers.py", line)
    assert trace.frames[-1].source == source.split("\n")[line - 1].strip()


@pytest.mark.parametrize(
    ("source", "type_name", "line"),
    [
        ("import no_such_package", "ModuleNotFoundError", 1),
        ("y = 1\nz = y / 0", "ZeroDivisionError", 2),
        ("y = '\u2028'\n\x0cz = y / 0", "TypeError", 2),
    ],
)
def test_loading_losses_name_file_and_line(load, source, type_name, line):
    """One statement is lost, with the student's file and line."""
    (loss,) = load(source).loading.losses
    assert (loss.place, loss.line, loss.trace.type) == ("layers.py", line, type_name)
    assert loss.trace.frames[-1].source == source.split("\n")[line - 1].strip()


def test_loading_source_beyond_the_compiler_is_too_complex(load):
    """A parser bomb is a syntax error, no lack of memory."""
    trace = load("x = " + "-" * 100_000 + "1").loading.failed["layers.py"]
    assert "too complex" in trace.text or "nested" in trace.text


@pytest.mark.parametrize(
    "source",
    ["\ufeffdef f(): return 'é'", "def f():\r\n    return 'é'\r\n", "# -*- coding: latin-1 -*-\ndef f(): return 'é'"],
)
def test_loading_marks_of_editors_do_not_matter(load, source):
    """A byte order mark, Windows line ends, a coding cookie."""
    assert load(source).f() == "é"


def test_loading_warnings_of_the_compiler_do_not_matter(load):
    """An unescaped backslash warns, and is loaded."""
    assert load("def f(): return 'C:\\d' is 'x'").f() is False


def test_loading_exit_is_said_to_be_one(load, caught_end):
    """What stands above `sys.exit()` is graded; a name that only the exit was to bind is lost with it."""
    submission = load("import sys\ndef f(): return 1\nx = sys.exit(2)", "def g(): return 2")
    assert (submission.f(), submission.g()) == (1, 2)
    assert caught_end(lambda: submission.x).message == (
        "`x` was not loaded: layers.py, line 3: `x = sys.exit(2)` failed: it ended the process (exit status 2)"
    )


def test_loading_input_is_an_error_with_a_reason(load):
    """Nobody types anything while grading."""
    trace = load("name = input('Your name: ')").loading.losses[0].trace
    assert (trace.type, trace.text) == ("EOFError", "input() is not available while grading")


def test_loading_get_ipython_is_inert(load):
    """Scripts exported from notebooks load."""
    submission = load(
        "get_ipython().system('pip install x')\nget_ipython().run_line_magic('matplotlib', 'inline')\ndef f(): return 1"
    )
    assert submission.f() == 1


def test_loading_main_guard_does_not_run(load):
    """Training under the usual guard is no part of loading."""
    assert load("x = 1\nif __name__ == '__main__':\n    x = 2").x == 1


def test_loading_source_is_found_by_inspect_and_tracebacks(load):
    """A student's code may look at itself."""
    submission = load(
        "import inspect\ndef f():\n    return inspect.getsource(f)\nclass A:\n    pass\ndef g(): return inspect.getsource(A)"
    )
    assert submission.f() == "def f():\n    return inspect.getsource(f)\n"
    assert submission.g() == "class A:\n    pass\n"


def test_loading_notebook_cells_run_one_by_one(load):
    """A cell that raises is recorded with its number; the next ones still run."""
    cells = ["import numpy as np\nx = 1", "def f(): return x", "1 / 0", "def g(:", "x = 2\ndisplay(x)"]
    submission = load(cells)
    assert submission.f() == 2
    lost = [(loss.place, loss.trace.type, loss.line) for loss in submission.loading.losses]
    assert lost == [("layers.py, cell 3", "ZeroDivisionError", 1), ("layers.py, cell 4", "SyntaxError", 1)]
    assert submission.loading.losses[0].trace.frames[0].file == "layers.py, cell 3"


def test_loading_provided_functions_replace_the_submissions_everywhere(load):
    """An early mistake is not paid twice, however the later file got hold of the function."""
    layers = """
        def forward(x): return -1
        other_name = forward
        table = {"f": forward}
        def backward(x): return forward(x)
    """
    net = "from layers import *\nimport layers\ndef loss(x): return forward(x), layers.forward(x), other_name(x), backward(x)"
    submission = load(
        layers,
        net,
        defines={"forward": "layers.py", "loss": "net.py"},
        open_with={"provided": {"forward": lambda x: 10 * x}},
    )
    assert submission.loss(2) == (20, 20, 20, 20)
    assert submission.forward(3) == 30


def test_loading_provided_function_that_the_file_does_not_define_is_bound(load):
    """A function that was never written can be imported from where it belongs."""
    submission = load(
        "x = 1", "from layers import forward\ndef loss(): return forward()",
        defines={"forward": "layers.py"}, open_with={"provided": {"forward": lambda: 7}},
    )  # fmt: skip
    assert submission.loss() == 7


def test_loading_provided_function_stands_in_for_a_file_that_fails(load):
    """A syntax error in the first file does not cost the second what is provided."""
    submission = load(
        "def forward(:", "from layers import *\ndef loss(): return forward()",
        defines={"forward": "layers.py"}, open_with={"provided": {"forward": lambda: 7}},
    )  # fmt: skip
    assert submission.loss() == 7
    assert not submission.loading.failed  # what it says of itself is not told where functions are provided


def test_loading_provided_copy_in_another_file_is_replaced_too(load):
    """A copy of the function carries the same mistake."""
    submission = load(
        "def forward(): return 1", "def forward(): return 2\ndef loss(): return forward()",
        defines={"forward": "layers.py"}, open_with={"provided": {"forward": lambda: 7}},
    )  # fmt: skip
    assert submission.loss() == 7


def test_loading_name_is_taken_from_the_file_that_should_define_it(load):
    """An import of the same name elsewhere does not hide the student's function."""
    submission = load(
        "from math import exp\ndef f(): return 1", "def exp(x): return 'mine'\nf = None", defines={"f": "layers.py"}
    )
    assert submission.exp(1) == "mine"
    assert submission.f() == 1


@pytest.mark.parametrize(
    "line",
    [
        "import tensorflow as tf",
        "import tensorflow.keras.layers",
        "from tensorflow import keras",
        "from tensorflow.keras.layers import *",
    ],
)
def test_loading_unused_forbidden_import_is_harmless(load, line):
    """A line that an editor added costs nothing."""
    assert load(f"{line}\ndef f(): return 1", forbidden=["tensorflow"]).f() == 1


@pytest.mark.parametrize(
    "source",
    [
        "import tensorflow as tf\ndef f(x):\n    return tf.nn.softmax(x)",
        "from tensorflow.keras.layers import Dense\ndef f(x):\n    return Dense(3)",
        "def f(x):\n    from tensorflow import nn; return nn.softmax(x)",
    ],
)
def test_loading_forbidden_package_used_in_a_call_is_forbidden(load, caught_end, source):
    """The package and the line are named; other functions are graded."""
    end = caught_end(lambda: load(source, forbidden=["tensorflow"]).f(1))
    assert end.outcome is Outcome.FORBIDDEN
    line = end.trace.frames[-1].line
    assert end.message == f"ForbiddenImport: this assignment does not allow `tensorflow` (layers.py, line {line})"


def test_loading_forbidden_package_used_while_loading_forbids_the_file(load, caught_end):
    """Subclassing a forbidden class is a use."""
    submission = load("from keras import Model\nclass Net(Model): pass", forbidden=["keras"])
    end = caught_end(lambda: submission.Net)
    assert (end.outcome, end.kind) == (Outcome.FORBIDDEN, "forbidden import")


def test_loading_forbidden_package_is_there_for_libraries(load):
    """Only the submission's own imports are guarded."""
    submission = load("import json\ndef f(): return json.decoder.__name__", forbidden=["re"])
    assert submission.f() == "json.decoder"


def test_loading_seeds_the_generators_students_use(load):
    """Unseeded student code is reproducible."""
    source = "import random\nimport numpy as np\ndef f(): return random.random(), np.random.rand()"
    assert load(source, seed=5).f() == load(source, seed=5).f()
    assert load(source, seed=5).f() != load(source, seed=6).f()


def test_loading_in_a_thread_leaves_the_process_as_it_was(load):
    """Modules, importers and streams of the submission are there in its turns only."""
    before = (sys.stdout, list(sys.meta_path), set(sys.modules))
    submission = load(
        "import layers\nprint('loaded')\nimport warnings\nwarnings.simplefilter('error')\ndef f(): import layers; return layers.__name__"
    )
    assert submission.f() == "layers"
    assert before == (sys.stdout, list(sys.meta_path), set(sys.modules))
    other = load("def g(): import layers; return hasattr(layers, 'f')")
    assert other.g() is False
    assert submission.f() == "layers"


def test_loading_writes_the_files_into_the_work_folder(load_process, tmp_path):
    """A student may open a file beside the code, and finds public data."""
    submission = load_process("def f(): return open(__file__).read()", data={"data/x.txt": b"41"})
    assert "def f" in submission.f()
    assert (tmp_path / "data" / "x.txt").read_bytes() == b"41"


def test_loading_rng_is_one_of_the_candidates_own(load):
    """`submission.rng()` is another generator each time and the same in every run."""
    source = "def draw(rng): return rng.standard_normal(2)"
    first, second = load(source, seed=1), load(source, seed=1)
    a, b = first.draw(first.rng()), first.draw(first.rng())
    assert not np.array_equal(a, b)
    assert np.array_equal(a, second.draw(second.rng()))
    assert np.array_equal(first.draw(first.rng(7)), np.random.default_rng(7).standard_normal(2))


def test_loading_code_compiled_ahead_is_run_instead_of_the_source(load):
    """A file is compiled once for all its candidates; tracebacks still show its lines."""
    source = "def f(x):\n    return 1 / x"
    submission = load(source, code={"layers.py": compile_ahead("layers.py", source)})
    assert submission.f(2) == 0.5
    with pytest.raises(ZeroDivisionError) as caught:
        submission.f(0)
    assert caught.value.remote.frames[0].source == "return 1 / x"


def test_loading_code_of_a_cell_that_does_not_compile_is_left_to_loading(load):
    """Its error is raised where it belongs."""
    cells = ["x = 1", "def f(:", "y = 2"]
    code = compile_ahead("layers.py", cells)
    assert [bool(cell) for cell in code] == [True, False, True]
    submission = load(cells, code={"layers.py": code})
    assert submission.y == 2
    assert [(loss.place, loss.trace.type) for loss in submission.loading.losses] == [
        ("layers.py, cell 2", "SyntaxError")
    ]


def test_loading_file_that_cannot_be_read_says_why(load, caught_end):
    """A file that is no text is not loaded, and what imports it reads the reason."""
    from autograder.home.inline import InlineSpawner
    from autograder.remote import LoadRequest, Submission

    request = LoadRequest(
        {"net.py": "from layers import f"},
        ["layers.py", "net.py"],
        unread={"layers.py": "layers.py is not UTF-8 (line 9)"},
    )
    submission = Submission(InlineSpawner(), request)
    end = caught_end(lambda: submission.f)
    assert end.outcome is Outcome.NOT_LOADED
    assert end.message == "layers.py is not UTF-8 (line 9)"
    follower = submission.loading.losses[1]
    assert (follower.names, follower.root) == (("f",), 0)
    assert follower.trace.text == f"layers.py could not be loaded: {end.message}"
    submission.close()
