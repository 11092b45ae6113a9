"""The notebook's shell: what it does to names, values and files, and what it accepts and leaves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from autograder.inside.loading.guards import submission_builtins
from autograder.inside.loading.load import Loader
from autograder.inside.reading.notebook.cells import read_cell
from autograder.inside.reading.source_files import SourceFile


def run(*cells: str) -> dict[str, Any]:
    """The names after cells were run in order."""
    namespace: dict[str, Any] = {"__builtins__": submission_builtins(()), "__name__": "layers"}
    for cell in cells:
        exec(read_cell(cell).source, namespace)
    return namespace


def test_shell_body_of_a_timed_cell_is_run_in_the_module() -> None:
    """`%%time` in an exported script carries its cell as a text: what it defines is defined."""
    names = run("get_ipython().run_cell_magic('time', '', 'def f(x):\\n    return x + 1\\n')\ny = f(1)")
    assert names["y"] == 2


@pytest.mark.parametrize(
    "line",
    [
        "get_ipython().run_line_magic('time', 'y = 3')",
        "get_ipython().magic('time y = 3')",
        "get_ipython().magic('%time y = 3')",
        "get_ipython().ex('y = 3')",
        "get_ipython().push({'y': 3})",
        "get_ipython().run_cell('%time y = 3')",
        "get_ipython().user_ns['y'] = 3",
        "y = get_ipython().ev('1 + 2')",
    ],
)
def test_shell_code_that_it_is_given_is_run_in_the_module(line: str) -> None:
    """Scripts exported by any version of nbconvert."""
    assert run(line)["y"] == 3


@pytest.mark.parametrize(
    "cell",
    [
        "x = 1\n%time",
        "x = 1\n%time --no-raise-error",
        "%%time\n%%time\nx = 1",
        "# note\n\n%time\nx = 1",
        "x = 1\n%%time",
    ],
)
def test_shell_time_of_nothing_does_nothing(cell: str) -> None:
    """`%time` on a line of its own, as many write it for `%%time`."""
    assert run(cell)["x"] == 1


def test_shell_other_magics_and_commands_do_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command is run; what is asked for output gets no lines."""
    monkeypatch.chdir(tmp_path)
    names = run(
        "get_ipython().system('touch here')\n"
        "get_ipython().run_cell_magic('bash', '', 'touch here')\n"
        "lines = get_ipython().getoutput('ls')\n"
        "get_ipython().run_line_magic('matplotlib', 'inline')\n"
        "get_ipython().events.register('post_execute', print)\n"
        "get_ipython().display_formatter.formatters['image/svg+xml'].enabled = True\n"
        "text = lines.n + lines.s\nrows = lines.grep('x').fields(0)\n"
    )
    assert (names["lines"], names["text"], names["rows"]) == ([], "", [])
    assert list(tmp_path.iterdir()) == []


def test_shell_captured_output_is_bound_to_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    """`%%capture out` keeps what was printed, and `out.show()` prints it."""
    names = run("%%capture out\nimport sys\nprint('a')\nprint('b', file=sys.stderr)\nx = 1", "y = out.stdout")
    assert capsys.readouterr() == ("", "")
    assert (names["x"], names["y"], str(names["out"]), names["out"].stderr) == (1, "a\n", "a\n", "b\n")
    names["out"].show()
    assert capsys.readouterr() == ("a\n", "b\n")


def test_shell_captured_output_of_an_exported_script_is_bound_too() -> None:
    """The body is a text there."""
    assert run("get_ipython().run_cell_magic('capture', 'out', 'print(3)\\n')")["out"].stdout == "3\n"


def test_shell_timed_body_adds_names_and_replaces_none() -> None:
    """IPython runs `%%timeit` in a function of its own; a definition there is graded all the same."""
    names = run("n = 3", "%%timeit\nn = 1000\ndef f():\n    return n\nf()")
    assert (names["n"], names["f"]()) == (3, 3)


def test_shell_timed_statement_runs_once_and_binds_nothing() -> None:
    """`%timeit x = 3` leaves `x` alone, `-o` and `-v` give a result."""
    names = run("x = []\n%timeit x.append(1)\n%timeit x = 3\nr = %timeit -o x.append(2)\n%timeit -q -v s x.append(3)")
    assert names["x"] == [1, 2, 3]
    assert names["r"].best == names["r"].average == names["r"].all_runs[0] >= 0
    assert names["s"].repeat == 1


def test_shell_magic_in_a_function_sees_its_variables() -> None:
    """As IPython's magics do."""
    names = run(
        "def f(n):\n    r = %timeit -o n + 1\n    get_ipython().run_line_magic('time', 'n + 1')\n    return r.loops\nx = f(3)"
    )
    assert names["x"] == 1


@pytest.mark.parametrize(
    "line", ["%env ANN=5", "%env ANN 5", "%set_env ANN=5", "%env ANN={2 + 3}", "v = '5'\n%env ANN=$v"]
)
def test_shell_environment_is_set(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frameworks read their options there."""
    monkeypatch.setenv("ANN", "0")
    assert run(line, "x = %env ANN")["x"] == os.environ["ANN"] == "5"


TOOLS = """
a = 2
def f():
    return a
if __name__ == "__main__":
    a = 0
1 / 0
z = "b" in globals()
"""


def load(*cells: str, **helpers: str) -> tuple[Loader, dict[str, Any]]:
    """The loader of a notebook with helper files beside it, and the notebook's names."""
    files = [SourceFile(f"{name}.py", (text,), is_helper=True) for name, text in helpers.items()]
    notebook = SourceFile(
        "layers.py", tuple(read_cell(cell).source for cell in cells), is_notebook=True, title="hw.ipynb"
    )
    loader = Loader([notebook, *files])
    try:
        loader.load()
        return loader, dict(loader.modules["layers"].__dict__)
    finally:
        loader.unload()


@pytest.mark.parametrize(
    "line", ["%run tools.py", "%run tools", "%run ./tools.py -a 3", "name = 'tools'\n%run {name}.py", "run tools.py"]
)
def test_shell_file_that_is_run_gives_its_names(line: str) -> None:
    """`%run` takes over the names of a handed-in file, which does not see the notebook's, and runs no main block."""
    loader, names = load("b = 1", line, "x = f()", tools=TOOLS)
    assert (names["x"], names["f"].__module__, names["z"]) == (2, "layers", False)
    assert [loss.place for loss in loader.ledger.losses] == ["tools.py"]


def test_shell_file_that_is_run_inside_sees_the_names() -> None:
    """`%run -i` runs it in the notebook's own namespace."""
    assert load("b = 1\n%run -i tools.py", tools=TOOLS)[1]["z"] is True


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gone.py", "%run: 'gone.py' was not handed in"),
        ("hw.ipynb", "%run: 'hw.ipynb' is not loaded here; only Python files are"),
    ],
)
def test_shell_file_that_cannot_be_run_is_named(name: str, text: str) -> None:
    """The student knows what to hand in; a notebook cannot run itself."""
    loader, names = load(f"x = 1\n%run {name}\ny = 2")
    assert names["y"] == 2
    assert [loss.record["text"] for loss in loader.ledger.losses] == [text]


def test_shell_written_file_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`%%writefile` works on files of its own, and never changes one that lay there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.txt").write_text("given\n")
    names = run(
        "%%writefile own.txt\na",
        "%%writefile -a own.txt\nb",
        "%%writefile data.txt\nc",
        "from pathlib import Path\nx = Path('own.txt').read_text()",
    )
    assert names["x"] == "a\nb\n"
    assert (tmp_path / "data.txt").read_text() == "given\n"


def test_shell_variable_hides_a_magic_of_its_name() -> None:
    """`ls` alone in a cell is the variable, where there is one."""
    assert run("ls = [1]\nls2 = ls", "ls")["ls2"] == [1]
    assert "ls" not in run("ls")


def test_shell_pylab_brings_numpy() -> None:
    """The rest of it is Matplotlib, which may be absent."""
    names = run("def f():\n    %pylab inline\nf()\nx = np.zeros(2) + array([1, 2])")
    assert list(names["x"]) == [1, 2]
    assert "array" not in run("get_ipython().magic('pylab --no-import-all')")
