"""Notebook commands become Python; Python stays as it is."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.inside.reading.notebook.magics import as_written, translate


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("%matplotlib inline", "get_ipython().run_line_magic('matplotlib', 'inline')"),
        ("  %load_ext autoreload ", "  get_ipython().run_line_magic('load_ext', 'autoreload')"),
        ("%%bash", "get_ipython().run_line_magic('bash', '')"),
        ("!pip install 'a b'", "get_ipython().system(\"pip install 'a b'\")"),
        ("!!ls", "get_ipython().getoutput('ls')"),
        ("files = !ls *.py", "files = get_ipython().getoutput('ls *.py')"),
        ("a, b = !ls", "a, b = get_ipython().getoutput('ls')"),
        ("d['k'] = %env HOME", "d['k'] = get_ipython().run_line_magic('env', 'HOME')"),
        ("np.dot?", "get_ipython().run_line_magic('pinfo', 'np.dot')"),
        ("??affine", "get_ipython().run_line_magic('pinfo', 'affine')"),
        ("%timeit?", "get_ipython().run_line_magic('pinfo', '%timeit')"),
        ("%time y = f(x)", "y = f(x)"),
        ("y = %time f(x)", "y = f(x)"),
        ("%time", "get_ipython().run_line_magic('time', '')"),
        ("%timeit f(x)", "f(x)"),
        ("%timeit -n 10 -r3 f(x)", "f(x)"),
        ("%timeit f(\n x)", "f(\n x)"),
        ("%timeit y = f(x)", "get_ipython().run_line_magic('timeit', 'y = f(x)')"),
        ("r = %timeit -o f(x)", "r = get_ipython().run_line_magic('timeit', '-o f(x)')"),
        ("%time %timeit f(x)", "f(x)"),
        ("%time !ls", "get_ipython().system('ls')"),
        ("%prun -s cumtime y = f(x)", "y = f(x)"),
        ("%lprun -f f f(x)", "f(x)"),
        ("% matplotlib inline", "get_ipython().run_line_magic('matplotlib', 'inline')"),
        ("for i in r: x = !ls", "for i in r: x = get_ipython().getoutput('ls')"),
        ("x: list = !ls", "x: list = get_ipython().getoutput('ls')"),
        ("x = np.dot?", "get_ipython().run_line_magic('pinfo', 'np.dot')"),
        ("?", "get_ipython().run_line_magic('pinfo', '')"),
        ("pip install numpy", "get_ipython().run_line_magic('pip', 'install numpy')"),
        ("cd ..", "get_ipython().run_line_magic('cd', '..')"),
        ("/f a b", "f(a, b)"),
        (",f a b", "f('a', 'b')"),
        (";f a b", "f('a b')"),
        (";", "pass"),
        ('!echo "it\'s" # {x}', "get_ipython().system('echo \"it\\'s\" # {x}')"),
    ],
)
def test_translate_command_becomes_an_inert_call(line: str, code: str) -> None:
    """Line magics, shell commands, assignments from both, questions and calls without brackets."""
    assert translate(line).source == code
    ast.parse(code.strip())


def test_translate_pylab_at_the_top_becomes_its_imports() -> None:
    """Rules on sources see which names are NumPy's."""
    assert translate("%pylab inline").source == (
        "import numpy; import numpy as np; import matplotlib.pyplot as plt; get_ipython().run_line_magic('pylab', 'inline')"
    )
    assert translate("def f():\n    %pylab").source == "def f():\n    get_ipython().run_line_magic('pylab', '')"


@pytest.mark.parametrize(
    "source",
    [
        "x = 7 % 3\ny = (7\n% 3)\n",
        "x = 5 \\\n% 3\n",
        'x = """\n%matplotlib inline\n!ls\n"""\n',
        "x = '''a\\'''\n!ls\n'''\n",
        "x = 'a\\\n%b'\n",
        "x = [\n%\n]\n",
        "x = 1  # 'an apostrophe\ny = 2\n",
        "# %matplotlib inline\n# what?\n",
        "if a != b: pass\nx %= 3\nx = a if b else '!='\n",
        "f(x='!')\nprint('100%')\nx: int = 3\n",
        "x = r'\\'\ny = '''%'''\n",
        'f"{x!r}"\n',
        "time = 3\nls - l\ncd if x else y\nrun(x)\nload in y\n",
        "x = 1  # why?\nprint('what?')\n",
        "f(a, b=!=c)\nx == 3\n",
        "...\nx = [\n;\n",
        "",
    ],
)
def test_translate_python_stays_as_it_is(source: str) -> None:
    """Strings, brackets, continued lines, comments and operators are no commands."""
    translation = translate(source)
    assert (translation.source, translation.commands) == (source, [])


def test_translate_keeps_the_number_of_every_line() -> None:
    """A traceback must point to the line that the student sees."""
    source = "!pip \\\n  install \\\n  numpy\nx = (1 +\n2)\nfiles = !ls \\\n -l\n%time y = f(\n    x)\nz = 3\n"
    translation = translate(source)
    assert translation.source.split("\n") == [
        "get_ipython().system('pip   install   numpy')",
        "",
        "",
        "x = (1 +",
        "2)",
        "files = get_ipython().getoutput('ls  -l')",
        "",
        "y = f(",
        "    x)",
        "z = 3",
        "",
    ]
    assert translation.commands == ["!pip   install   numpy", "!ls  -l"]


def test_translate_below_a_command_with_a_quote_goes_on() -> None:
    """A command's text is no Python, so its quotes open nothing."""
    assert translate("!echo it's\n%pwd\n").source == (
        "get_ipython().system(\"echo it's\")\nget_ipython().run_line_magic('pwd', '')\n"
    )


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "!x",
                "%y z",
                "a?",
                "?",
                ";",
                "/f a",
                "pip x",
                "%timeit x=(",
                "a = b = !c",
                "'",
                '"""',
                "(",
                ")",
                "#",
                "\\",
                "= !",
                "x = 1",
                " ",
                "\\'",
            ]
        ),
        max_size=30,
    )
)
def test_translate_anything_keeps_the_lines(parts: list[str]) -> None:
    """Whatever the text, there are as many lines as before, and a second pass changes nothing."""
    source = "\n".join(parts)
    translation = translate(source)
    assert translation.source.count("\n") == source.count("\n")


@pytest.mark.parametrize(
    "line",
    [
        "!x",
        "%time " * 9 + "x",
        "a?",
        "%timeit x",
        "%timeit " + "(" * 99,
        "pip x",
        ",f a",
        "x = !y",
        "? a",
        "x = %time y",
        "  = !x",
    ],
)
def test_translate_many_commands_takes_linear_time(line: str) -> None:
    """Each line is looked at a bounded number of times, counted in calls and not by a clock."""
    assert _calls(translate, f"{line}\n" * 400) < 2.2 * _calls(translate, f"{line}\n" * 200)


@pytest.mark.parametrize(
    "text",
    ["a" * 50_000 + " b?", "%time " * 20_000, "%timeit " + "-n1 " * 20_000, "= ! " * 20_000, "  " * 20_000 + "...:"],
)
def test_translate_one_long_line_ends(text: str) -> None:
    """No pattern goes back and forth over a long line."""
    assert translate(text).source.count("\n") == 0


def _calls(function: Callable[[str], object], argument: str) -> int:
    """Calls of Python and C functions below one call."""
    count = 0

    def trace(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(trace)
    try:
        function(argument)
    finally:
        sys.setprofile(None)
    return count


def test_translate_of_real_python_changes_nothing() -> None:
    """The standard library holds every construct."""
    for module in (ast, builtins.__import__("argparse"), builtins.__import__("typing"), builtins.__import__("inspect")):
        source = Path(module.__file__).read_text(encoding="utf-8")
        assert translate(source).source == source


@pytest.mark.parametrize(
    "line", ["%run tools.py", "!ls -l", "x = !ls", "x = %env HOME", "x = f(1)", "get_ipython().other(", "%run it's.py"]
)
def test_translated_line_is_shown_as_it_was_written(line: str) -> None:
    """A message names what its student knows."""
    assert as_written(translate(line).source) == line
    assert as_written("get_ipython().keep((f(2)), 3)") == "f(2)"
