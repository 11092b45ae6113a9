"""Notebook commands become Python; Python stays as it is."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.inside.magics import translate


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
        ("%timeit f(x)", "get_ipython().run_line_magic('timeit', 'f(x)')"),
        ('!echo "it\'s" # {x}', "get_ipython().system('echo \"it\\'s\" # {x}')"),
    ],
)
def test_translate_command_becomes_an_inert_call(line: str, code: str) -> None:
    """Line magics, shell commands, assignments from both, and questions."""
    assert translate(line).source == code
    ast.parse(code.strip())


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
    assert translation.commands == ["!pip \\", "files = !ls \\"]


def test_translate_below_a_command_with_a_quote_goes_on() -> None:
    """A command's text is no Python, so its quotes open nothing."""
    assert translate("!echo it's\n%pwd\n").source == (
        "get_ipython().system(\"echo it's\")\nget_ipython().run_line_magic('pwd', '')\n"
    )


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["!x", "%y z", "a?", "'", '"""', "(", ")", "#", "\\", "= !", "x = 1", " ", "\\'"]), max_size=30
    )
)
def test_translate_anything_keeps_the_lines(parts: list[str]) -> None:
    """Whatever the text, there are as many lines as before, and a second pass changes nothing."""
    source = "\n".join(parts)
    translation = translate(source)
    assert translation.source.count("\n") == source.count("\n")


def test_translate_of_real_python_changes_nothing() -> None:
    """The standard library holds every construct."""
    for module in (ast, builtins.__import__("argparse"), builtins.__import__("typing"), builtins.__import__("inspect")):
        source = Path(module.__file__).read_text(encoding="utf-8")
        assert translate(source).source == source
